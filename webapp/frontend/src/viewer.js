// The process of a case as a drawing: what is done, where it stands. The list beside it says the same in words.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import "./viewer.css";

const READABLE = 0.75;
const STEP = 1.25;
const OPEN = ["now", "failed", "waiting"];
const box = document.getElementById("canvas");
const boot = JSON.parse(document.getElementById("boot").textContent);

function paint(viewer) {
  const canvas = viewer.get("canvas");
  const elements = viewer.get("elementRegistry");
  for (const [id, state] of Object.entries(boot.states)) if (elements.get(id)) canvas.addMarker(id, `token-${state}`);
  // A line counts as walked when both its ends were reached.
  for (const line of elements.filter((one) => one.type === "bpmn:SequenceFlow")) {
    if (boot.states[line.source?.id] === "done" && line.target?.id in boot.states) canvas.addMarker(line.id, "token-done");
  }
  for (const [id, count] of Object.entries(boot.tokens)) if (elements.get(id)) addToken(viewer, id, count);
}

function addToken(viewer, id, count) {
  const token = document.createElement("div");
  token.className = `token token--${boot.states[id] ?? "now"}`;
  token.textContent = count;
  viewer.get("overlays").add(id, "token", { position: { top: -10, right: 10 }, html: token });
}

// Where the case stands: what is open, else what failed, else what waits.
function openShape(viewer) {
  const elements = viewer.get("elementRegistry");
  const ids = Object.keys(boot.states).filter((id) => elements.get(id));
  const found = OPEN.flatMap((state) => ids.filter((id) => boot.states[id] === state));
  return found.length ? elements.get(found[0]) : null;
}

function center(canvas, shape) {
  canvas.zoom(Math.max(canvas.zoom(), READABLE));
  const { width, height } = canvas.viewbox();
  const x = shape.x + (shape.width ?? 0) / 2 - width / 2;
  const y = shape.y + (shape.height ?? 0) / 2 - height / 2;
  canvas.viewbox({ x, y, width, height });
}

function pick(viewer, shape) {
  const canvas = viewer.get("canvas");
  for (const other of viewer.get("elementRegistry").getAll()) canvas.removeMarker(other, "is-picked");
  canvas.addMarker(shape, "is-picked");
  center(canvas, shape);
  box.scrollIntoView({ block: "nearest" });
}

// A small drawing is shown whole. A large one would be unreadable so: it begins where the case stands.
function begin(viewer) {
  const canvas = viewer.get("canvas");
  canvas.zoom("fit-viewport", "auto");
  const open = openShape(viewer);
  if (canvas.zoom() < READABLE && open) center(canvas, open);
}

function listen(viewer) {
  const canvas = viewer.get("canvas");
  const zooms = {
    in: () => canvas.zoom(canvas.zoom() * STEP),
    out: () => canvas.zoom(canvas.zoom() / STEP),
    all: () => canvas.zoom("fit-viewport", "auto"),
    here: () => pick(viewer, openShape(viewer)),
  };
  for (const button of document.querySelectorAll("[data-zoom]")) {
    button.hidden = button.dataset.zoom === "here" && !openShape(viewer);
    button.addEventListener("click", zooms[button.dataset.zoom]);
  }
  for (const button of document.querySelectorAll("[data-find]")) {
    const shape = viewer.get("elementRegistry").get(button.dataset.find);
    if (shape) button.addEventListener("click", () => pick(viewer, shape));
  }
  addEventListener("resize", () => canvas.resized());
}

try {
  const viewer = new NavigatedViewer({ container: box });
  await viewer.importXML(boot.xml);
  paint(viewer);
  begin(viewer);
  listen(viewer);
} catch (error) {
  console.warn("The drawing could not be shown.", error);
  box.hidden = true;
  document.querySelector("[data-canvas-failed]").hidden = false;
}
document.documentElement.dataset.ready = "viewer";
