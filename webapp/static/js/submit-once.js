// A second click on a button that is already at work does nothing. The server guards too; this keeps the page honest.
export function blockSecondSubmit() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "dialog") return;
    if (form.dataset.busy) {
      event.preventDefault();
      return;
    }
    form.dataset.busy = "true";
    event.submitter?.setAttribute("aria-disabled", "true");
  });
  // Coming back with the browser's Back button shows the page as it was left: free it again.
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-busy]")) release(form);
  });
}

export function release(form) {
  delete form.dataset.busy;
  for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
}
