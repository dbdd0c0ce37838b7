// The list asks every 15 seconds whether something changed, while somebody can see it.
import { markCurrent } from "./inbox.js";
import { clockTime } from "./time.js";
import { toastStatus } from "./toasts.js";

const EVERY_MS = 15_000;
const BUSY = "#list details[open], #list :is(input, select):focus";

const rowsBox = () => document.querySelector("[data-poll]");
const stateLine = () => document.querySelector("[data-poll-state]");

async function ask(htmx) {
  const { poll, cursor } = rowsBox().dataset;
  const url = new URL(poll, location.href);
  url.searchParams.set("since", cursor);
  const response = await fetch(url, { headers: { "HX-Request": "true", Accept: "text/html" } });
  if (response.status === 204) return;
  if (!response.ok) throw Object.assign(new Error("poll refused"), { status: response.status });
  const list = document.getElementById("list");
  await htmx.swap({ text: await response.text(), sourceElement: list, target: list, swap: "innerMorph" });
  markCurrent();
}

export function pollList(htmx) {
  if (!rowsBox()) return;
  let fine = clockTime();
  let asked = Date.now();

  const upToDate = () => {
    fine = clockTime();
    stateLine().textContent = `Updated ${fine}`;
  };
  const outOfDate = () => {
    const retry = document.createElement("button");
    Object.assign(retry, { type: "button", className: "find", textContent: "Retry", onclick: () => look() });
    stateLine().replaceChildren(`Not up to date since ${fine} · `, retry);
  };

  async function look() {
    asked = Date.now();
    try {
      await ask(htmx);
      upToDate();
    } catch (error) {
      outOfDate();
      if (error.status === 401) {
        clearInterval(timer);
        toastStatus(401);
      }
    }
  }

  const timer = setInterval(() => {
    if (!document.hidden && !document.querySelector(BUSY)) look();
  }, EVERY_MS);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && Date.now() - asked > EVERY_MS) look();
  });
  upToDate();
}
