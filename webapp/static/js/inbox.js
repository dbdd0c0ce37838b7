// The list stays, the task beside it changes. On a phone it is list or task, and back returns to the same place.
import { isPhone } from "./gate.js";

const listAddress = (href) => {
  const url = new URL(href, location.href);
  url.searchParams.delete("task");
  return url.pathname + url.search;
};
const taskOf = (href) => new URL(href, location.href).searchParams.get("task");

export const rows = () => [...document.querySelectorAll("[data-task-row]")];
export const currentRow = () => rows().find((row) => row.getAttribute("aria-current") === "true");

// After a poll the rows are new: which of them is open is known from the pane.
export function markCurrent() {
  const open = document.querySelector("#pane [data-task]")?.dataset.task ?? null;
  for (const row of rows()) {
    if (open && taskOf(row.href) === open) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
}

function show(shell, what) {
  const changed = shell.dataset.shows !== what;
  if (changed && what === "task") shell.dataset.scrolled = String(scrollY);
  shell.dataset.shows = what;
  if (changed && isPhone()) scrollTo(0, what === "task" ? 0 : Number(shell.dataset.scrolled ?? 0));
}

export function openTasksBesideList(htmx) {
  const shell = document.querySelector("[data-shell]");
  if (!shell) return;
  const pane = document.getElementById("pane");

  document.addEventListener("htmx:after:swap", ({ detail }) => {
    if (detail.ctx.target?.id !== "pane") return;
    markCurrent();
    pane.scrollTop = 0;
    show(shell, pane.querySelector("[data-task]") ? "task" : "list");
    if (isPhone()) pane.focus({ preventScroll: true });
  });

  // Back and forward change the pane only, so that filter and scroll stay; another list is loaded anew.
  document.addEventListener("htmx:before:history:restore", (event) => {
    event.preventDefault();
    if (listAddress(location.href) !== shell.dataset.list) return location.reload();
    const select = taskOf(location.href) ? "[data-task]" : "#pane > *";
    htmx.ajax("GET", location.href, { target: "#pane", swap: "innerHTML", select });
  });
  shell.dataset.list = listAddress(location.href);

  // The way back to a list that is still there costs no request.
  pane.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || !isPhone() || !history.state?.htmx || taskOf(link.href)) return;
    if (listAddress(link.href) !== shell.dataset.list) return;
    event.preventDefault();
    history.back();
  });
}
