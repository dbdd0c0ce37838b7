// A field that other fields depend on redraws the form; so do the row buttons. Typed text and focus survive the morph.
const htmx = () => window.htmx;

export function redrawForms() {
  document.addEventListener("change", (event) => {
    if (event.target.closest?.("[data-controls]")) redraw(event.target.form);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-rerender]");
    if (!button) return;
    event.preventDefault();
    redraw(button.form, { [button.name]: button.value });
  });
}

function redraw(form, extra = {}) {
  if (!form?.dataset.formUrl) return;
  const values = new FormData(form);
  for (const [name, value] of Object.entries(extra)) values.set(name, value);
  const added = extra.add_row;
  htmx()
    .ajax("POST", form.dataset.formUrl, {
      source: form, target: "#task-form", select: "#task-form", swap: "outerMorph", values: entries(values),
    })
    .then(() => added && focusLastRow(added));
}

// htmx takes an object; a name with several values becomes a list.
function entries(values) {
  const found = {};
  for (const name of new Set(values.keys())) {
    const all = values.getAll(name);
    found[name] = all.length > 1 ? all : all[0];
  }
  return found;
}

function focusLastRow(name) {
  const list = document.getElementById(`f-${name.replaceAll(".", "-")}`);
  const rows = list?.querySelectorAll(".group-row") ?? [];
  rows[rows.length - 1]?.querySelector("input,select,textarea")?.focus();
}
