// Marks the opened task in the list and, on a phone, shows the task instead of the list.
export function openRows() {
  document.addEventListener("click", (event) => {
    const row = event.target.closest?.("[data-task-row]");
    if (row && !event.ctrlKey && !event.metaKey) mark(row);
  });
  document.addEventListener("htmx:after:swap", (event) => {
    const shell = document.querySelector("[data-shell]");
    if (event.detail?.ctx?.target?.id !== "pane" || !shell) return;
    shell.dataset.shows = "task";
    document.getElementById("pane").scrollTop = 0;
    if (matchMedia("(max-width: 720px)").matches) scrollTo(0, 0);
  });
}

export function mark(row) {
  for (const one of document.querySelectorAll("[data-task-row][aria-current]")) one.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
}
