// On a phone the gate is one line that opens: the word stays in sight, the reasons are a tap away.
export const isPhone = () => matchMedia("(max-width: 720px)").matches;

export function foldGates(root) {
  if (isPhone()) for (const gate of root.querySelectorAll("details[data-gate]")) gate.open = false;
}
