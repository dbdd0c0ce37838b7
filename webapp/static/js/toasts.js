// A line at the bottom left says what did not work and what to do. Pages that were swapped in speak for themselves.
import { clockTime } from "./time.js";

const SHOWN_MS = 12_000;
const WORDS = {
  401: "You are signed out. Nothing was sent.",
  403: "You may not do this. Nothing was changed.",
  404: "Not found, or not in your practice.",
  429: "Too many tries. Wait a minute, then try again.",
};
const SWAPPED = [409, 422];

// action: { label, href } or nothing. Without a time the line stays until it is dismissed. Returns a function that removes it.
export function toast(text, { action, ms = SHOWN_MS } = {}) {
  const line = document.createElement("div");
  const words = document.createElement("span");
  words.textContent = text;
  line.className = "toast";
  line.append(words);
  if (action) {
    const link = document.createElement("a");
    Object.assign(link, { href: action.href, textContent: action.label });
    line.append(link);
  }
  const dismiss = document.createElement("button");
  Object.assign(dismiss, { type: "button", textContent: "Dismiss", onclick: () => line.remove() });
  line.append(dismiss);
  document.querySelector("[data-toasts]")?.append(line);
  if (ms) setTimeout(() => line.remove(), ms);
  return () => line.remove();
}

export function toastStatus(status) {
  const again = encodeURIComponent(location.pathname + location.search);
  const action = status === 401 ? { label: "Sign in", href: `/sign-in?next=${again}` } : undefined;
  const fallback = status >= 500 ? "Something failed on our side. Nothing was saved. Try again." : "That did not work. Reload the page and try again.";
  toast(WORDS[status] ?? fallback, { action });
}

export function tellFailures() {
  document.addEventListener("htmx:response:error", ({ detail }) => {
    const { status } = detail.ctx.response;
    if (!SWAPPED.includes(status)) toastStatus(status);
  });
  document.addEventListener("htmx:error", ({ detail }) => {
    if (detail.ctx) toast("No answer from the server. Nothing was sent. Try again.");
  });
  let online = () => {};
  addEventListener("offline", () => {
    online = toast(`Offline since ${clockTime()}. What you write stays on this page.`, { ms: 0 });
  });
  addEventListener("online", () => online());
}
