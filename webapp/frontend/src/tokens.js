// Paints states as markers and the number of tokens as a badge. Words for the same stand in the list beside the drawing.
export function paintTokens(viewer, { states, tokens }) {
  const canvas = viewer.get("canvas");
  const overlays = viewer.get("overlays");
  const registry = viewer.get("elementRegistry");
  for (const [id, state] of Object.entries(states)) {
    if (registry.get(id)) canvas.addMarker(id, `token-${state}`);
  }
  for (const [id, count] of Object.entries(tokens)) {
    if (registry.get(id)) overlays.add(id, "token", { position: { top: -10, right: 10 }, html: badge(count, states[id]) });
  }
  for (const flow of registry.filter((one) => one.type === "bpmn:SequenceFlow")) {
    if (isDone(flow.source, states) && isReached(flow.target, states)) canvas.addMarker(flow.id, "token-done");
  }
}

function badge(count, state) {
  const element = document.createElement("div");
  element.className = `token token--${state}`;
  element.textContent = String(count);
  return element;
}

function isDone(element, states) {
  return states[element?.id] === "done";
}

function isReached(element, states) {
  return element?.id in states;
}
