// Theme, density and single keys are cookies, so that the server draws the page right from the first byte.
const YEAR_S = 31_536_000;
const ROOT = { theme: "theme", density: "density" };

const read = (name) => document.cookie.split("; ").find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";

function keep(name, value) {
  document.cookie = `${name}=${value}; path=/; max-age=${value ? YEAR_S : 0}; samesite=lax`;
  const [element, key] = name in ROOT ? [document.documentElement, ROOT[name]] : [document.body, name];
  if (value) element.dataset[key] = value;
  else delete element.dataset[key];
}

function showChosen() {
  for (const button of document.querySelectorAll("[data-set-cookie]")) {
    button.setAttribute("aria-pressed", String(read(button.dataset.setCookie) === button.dataset.value));
  }
}

export function keepPreferences() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-set-cookie]");
    if (!button) return;
    keep(button.dataset.setCookie, button.dataset.value);
    showChosen();
  });
  showChosen();
}
