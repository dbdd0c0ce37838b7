// A field that decides which others are asked, and rows of a list: the server draws the form again, the words stay.
const FIELD = "input:not([type=hidden]), select, textarea";

async function redraw(htmx, form, button) {
  // The answer replaces only the form, whether the server sends the whole page or the form alone.
  await htmx.ajax("POST", form.dataset.formUrl, {
    source: form,
    target: "#task-form",
    select: "#task-form",
    swap: "outerMorph",
    values: button ? { [button.name]: button.value } : {},
  });
  const drawn = document.getElementById("task-form");
  drawn?.dispatchEvent(new Event("input", { bubbles: true }));
  return drawn;
}

async function changeRows(htmx, button) {
  const group = button.closest("fieldset").id;
  const drawn = await redraw(htmx, button.form, button);
  const fieldset = drawn?.querySelector(`#${CSS.escape(group)}`);
  const rows = fieldset?.querySelectorAll(":scope > .group-row") ?? [];
  const field = button.name === "add_row" ? rows[rows.length - 1]?.querySelector(FIELD) : fieldset;
  field?.focus();
}

export function redrawForms(htmx) {
  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("[data-task-form]");
    if (form && event.target.hasAttribute("data-controls")) redraw(htmx, form);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-task-form] [data-rerender]");
    if (!button) return;
    event.preventDefault();
    changeRows(htmx, button);
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-filters]")) return;
    // An address names only what is filtered.
    for (const field of event.target.elements) if (field.name && !field.value) field.disabled = true;
  });
}

export function focusErrors(root) {
  root.querySelector("[data-error-summary]")?.focus();
}
