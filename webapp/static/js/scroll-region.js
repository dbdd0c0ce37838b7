// A table that scrolls sideways can be reached by keyboard; one that fits adds no stop to the tab order.
export function scrollRegions() {
  for (const wrap of document.querySelectorAll("[data-scrolls]")) {
    if (wrap.scrollWidth <= wrap.clientWidth + 1) continue;
    wrap.tabIndex = 0;
    wrap.setAttribute("role", "region");
    wrap.setAttribute("aria-label", `${wrap.querySelector("caption")?.textContent ?? "Table"}, scrolls sideways`);
  }
}
