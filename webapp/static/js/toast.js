// One line at the bottom when a request made by the page itself fails. The page stays as it was.
const STAY = 8_000;

const words = {
  401: "You are signed out. Reload the page to sign in; your draft is saved.",
  403: "You may not do this. Nothing was changed.",
  404: "Not found, or not in your practice.",
  413: "This is too large to send.",
  429: "Too many requests. Wait a moment and try again.",
};

export function showErrors() {
  document.addEventListener("htmx:response:error", (event) => {
    const status = event.detail?.ctx?.response?.status;
    if (status === 409 || status === 422) return;
    toast(words[status] ?? "This failed. Nothing was saved. Try again.");
  });
  document.addEventListener("htmx:error", () => toast("No answer from the server. Nothing was saved. Try again."));
}

export function toast(text) {
  const place = document.querySelector("[data-toasts]");
  if (!place) return;
  const line = document.createElement("div");
  line.className = "toast";
  const words = document.createElement("span");
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "Dismiss";
  close.addEventListener("click", () => line.remove());
  line.append(words, close);
  place.append(line);
  setTimeout(() => line.remove(), STAY);
}
