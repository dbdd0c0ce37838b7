// The process of a case as a drawing: what is done, where it stands. The list beside it says the same in words.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import "./viewer.css";

const MARGIN = 24;
const LARGEST_FIRST_SCALE = 1.1;
const box = document.getElementById("canvas");
const boot = JSON.parse(document.getElementById("boot").textContent);

function paint(viewer) {
  const canvas = viewer.get("canvas");
  const elements = viewer.get("elementRegistry");
  for (const [id, state] of Object.entries(boot.states)) if (elements.get(id)) canvas.addMarker(id, `token-${state}`);
  // A line counts as walked when both its ends are known to be reached.
  const reached = (shape) => ["done", "now", "waiting", "failed"].includes(boot.states[shape?.id]);
  for (const line of elements.filter((one) => one.type === "bpmn:SequenceFlow")) {
    if (boot.states[line.source?.id] === "done" && reached(line.target)) canvas.addMarker(line.id, "token-done");
  }
  for (const [id, count] of Object.entries(boot.tokens)) if (elements.get(id)) addToken(viewer, id, count);
}

function addToken(viewer, id, count) {
  const token = document.createElement("div");
  token.className = `token token--${boot.states[id] ?? "now"}`;
  token.textContent = count;
  viewer.get("overlays").add(id, "token", { position: { top: -10, right: 10 }, html: token });
}

// Fits the whole drawing, but on a narrow screen keeps it readable and begins where the case stands.
function fit(viewer) {
  const canvas = viewer.get("canvas");
  canvas.zoom("fit-viewport", "auto");
  const open = Object.keys(boot.states).find((id) => boot.states[id] !== "done");
  if (canvas.zoom() < 0.4 && open) {
    canvas.zoom(0.6);
    canvas.scrollToElement(open, MARGIN);
  } else if (canvas.zoom() > LARGEST_FIRST_SCALE) {
    canvas.zoom(LARGEST_FIRST_SCALE, "auto");
  }
}

function find(viewer, id) {
  const canvas = viewer.get("canvas");
  const shape = viewer.get("elementRegistry").get(id);
  if (!shape) return;
  for (const other of viewer.get("elementRegistry").filter(() => true)) canvas.removeMarker(other, "is-picked");
  canvas.addMarker(shape, "is-picked");
  if (canvas.zoom() < 0.8) canvas.zoom(0.8);
  canvas.scrollToElement(shape, MARGIN);
  box.scrollIntoView({ block: "nearest" });
}

async function show() {
  const viewer = new NavigatedViewer({ container: box });
  await viewer.importXML(boot.xml);
  paint(viewer);
  fit(viewer);
  for (const button of document.querySelectorAll("[data-find]")) {
    button.addEventListener("click", () => find(viewer, button.dataset.find));
  }
  addEventListener("resize", () => viewer.get("canvas").resized());
}

try {
  await show();
} catch (error) {
  console.warn("The drawing could not be shown.", error);
  box.hidden = true;
  document.querySelector("[data-canvas-failed]").hidden = false;
}
document.documentElement.dataset.ready = "viewer";
