// What scrolls sideways can be reached by keyboard; what fits adds no stop.
const isWide = (box) => box.scrollWidth > box.clientWidth + 1;

function mark(box) {
  if (!isWide(box)) {
    for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
    return;
  }
  const name = box.querySelector("caption")?.textContent ?? "Table";
  box.tabIndex = 0;
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", `${name}, scrolls sideways`);
}

const sizes = new ResizeObserver((entries) => entries.forEach((entry) => mark(entry.target)));

export function markScrolling(root) {
  for (const box of root.querySelectorAll("[data-scrolls]")) sizes.observe(box);
}
