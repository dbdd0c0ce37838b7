// A form is sent once: the second click and the second Enter do nothing while the first is on its way.
const BUSY = "aria-busy";

export function sendOnce() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.getAttribute("method")?.toLowerCase() !== "post" || event.defaultPrevented) return;
    if (form.hasAttribute(BUSY)) return event.preventDefault();
    form.setAttribute(BUSY, "true");
    // Not "disabled": a disabled button would neither be sent nor keep the focus.
    event.submitter?.setAttribute("aria-disabled", "true");
  });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll(`form[${BUSY}]`)) {
      form.removeAttribute(BUSY);
      form.querySelectorAll("[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
    }
  });
}
