// Demo only: a card of the cast fills in the e-mail and puts the cursor into the password.
export function fillEmail() {
  document.addEventListener("click", (event) => {
    const card = event.target.closest?.("[data-fill-email]");
    if (!card) return;
    document.getElementById("email").value = card.dataset.fillEmail;
    document.getElementById("password").focus();
  });
}
