// Dialogs: the signature sheet that the server sent open, and those that a button opens.
export function openSheets(root) {
  for (const sheet of root.querySelectorAll("dialog[data-sheet]")) {
    // Without us it stands open in the page; as a modal it holds the focus and everything behind it is inert.
    sheet.close();
    sheet.showModal();
    sheet.querySelector("[autofocus]")?.focus();
    sheet.addEventListener("close", () => document.querySelector("[data-task-form] [data-submit]")?.focus(), { once: true });
  }
}

export function openDialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.("[data-dialog]");
    if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
    const closer = event.target.closest?.("[data-close]");
    if (closer) {
      event.preventDefault();
      closer.closest("dialog")?.close();
    }
  });
}
