// A card of the demo's cast names its person in the sign-in form; the password is still typed.
export function fillEmail() {
  document.addEventListener("click", (event) => {
    const card = event.target.closest?.("[data-fill-email]");
    if (!card) return;
    document.getElementById("email").value = card.dataset.fillEmail;
    document.getElementById("password").focus();
  });
}
