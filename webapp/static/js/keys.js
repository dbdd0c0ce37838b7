// Single keys for those who live here. They rest while somebody writes or a dialog is open, and can be turned off.
// None of them signs, approves or deletes.
import { currentRow, rows } from "./inbox.js";

const WRITING = "input, textarea, select, [contenteditable]";
const ACTING = "a, button, summary, label";
const FIRST_FIELD = "#task-form :is(input:not([type=hidden]), select, textarea)";

function move(step) {
  const all = rows();
  const at = all.indexOf(currentRow());
  const next = all[Math.max(0, Math.min(all.length - 1, at + step))];
  if (!next || next === currentRow()) return;
  next.focus();
  next.click();
}

const send = (selector) => document.querySelector(selector)?.requestSubmit();

function search(event) {
  const field = [...document.querySelectorAll("[data-search], main input[type=search]")].find((one) => one.checkVisibility());
  if (!field) return;
  event.preventDefault();
  field.focus();
}

function open(event) {
  const onCurrentRow = event.target === currentRow();
  if (event.target.closest(ACTING) && !onCurrentRow) return;
  const field = document.querySelector(FIRST_FIELD);
  const link = document.querySelector("#pane [data-open]");
  if (!field && !link) return;
  event.preventDefault();
  if (field) field.focus();
  else link.click();
}

function back() {
  const shell = document.querySelector("[data-shell]");
  if (!shell) {
    const page = document.querySelector("main[data-back]");
    if (page) location.assign(page.dataset.back);
  } else if (document.getElementById("list").checkVisibility()) {
    (currentRow() ?? rows()[0])?.focus();
  } else {
    history.back();
  }
}

const ACTS = {
  j: () => move(1),
  k: () => move(-1),
  c: () => send("[data-claim]"),
  r: () => send("[data-release]"),
  "/": search,
  "?": () => document.getElementById("keys")?.showModal(),
  Enter: open,
  Escape: back,
};

export function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    const act = ACTS[event.key];
    if (!act || event.defaultPrevented || event.repeat && event.key !== "j" && event.key !== "k") return;
    if (event.metaKey || event.ctrlKey || event.altKey || document.body.dataset.keys === "off") return;
    if (event.target.closest(WRITING) || document.querySelector("dialog[open]")) return;
    act(event);
  });
}
