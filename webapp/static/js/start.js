// Which behaviors does a page need? Each finds its own elements by data attribute; a page without them costs nothing.
// "every" runs once and listens on the document; "fresh" also runs for each part that a swap brought in.
import { watchDrafts } from "./draft.js";
import { fillEmail } from "./fill_email.js";
import { focusErrors, redrawForms } from "./form.js";
import { foldGates } from "./gate.js";
import { openTasksBesideList } from "./inbox.js";
import { listenToKeys } from "./keys.js";
import { closeMenus } from "./menu.js";
import { sendOnce } from "./once.js";
import { pollList } from "./poll.js";
import { keepPreferences } from "./preferences.js";
import { markScrolling } from "./scrolls.js";
import { openDialogs, openSheets } from "./sheet.js";
import { tellFailures } from "./toasts.js";

const every = [
  tellFailures, sendOnce, closeMenus, keepPreferences, fillEmail, watchDrafts, redrawForms, openDialogs, openTasksBesideList,
  pollList, listenToKeys,
];
const fresh = [foldGates, markScrolling, openSheets, focusErrors];

export function start(htmx) {
  for (const behavior of every) behavior(htmx);
  const refresh = (root) => fresh.forEach((behavior) => behavior(root));
  document.addEventListener("htmx:after:swap", (event) => refresh(event.detail.ctx.target ?? document));
  refresh(document);
  // htmx takes hold of the page a moment later; only then is a click on a row ours.
  const ready = () => (document.documentElement.dataset.ready ??= "staff");
  document.addEventListener("htmx:after:process", ready, { once: true });
}
