// What is written is kept on the server 800 ms after the last key, without being checked. It says so quietly.
import { toastStatus } from "./toasts.js";

const QUIET_MS = 800;
const RETRY_MS = 5_000;
const SLOWEST_MS = 60_000;
const GONE = [403, 404, 409];

class Draft {
  constructor(form) {
    this.form = form;
    this.wait = RETRY_MS;
    this.timer = null;
    this.running = null;
  }

  get isPending() {
    return this.timer !== null;
  }

  say(text) {
    const line = this.form.querySelector("[data-draft-state]");
    if (line && line.textContent !== text) line.textContent = text;
  }

  later(ms = QUIET_MS) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), ms);
  }

  cancel() {
    clearTimeout(this.timer);
    this.timer = null;
  }

  async save({ leaving = false } = {}) {
    this.cancel();
    // Two saves never overtake each other: the later one carries everything.
    if (this.running && !leaving) return this.later();
    this.running = this.send(leaving);
    await this.running;
    this.running = null;
  }

  async send(leaving) {
    try {
      const response = await fetch(this.form.dataset.draftUrl, {
        method: "POST",
        headers: { Accept: "application/json" },
        body: new URLSearchParams(new FormData(this.form)),
        keepalive: leaving,
      });
      if (!response.ok) return this.failed(response.status);
      this.wait = RETRY_MS;
      this.say(`Saved ${(await response.json()).saved_at}`);
    } catch {
      this.failed(0);
    }
  }

  failed(status) {
    if (GONE.includes(status)) return this.say("Not saved. This task is no longer yours: copy your text, then reload.");
    if (status === 401) toastStatus(status);
    this.say("Not saved — will retry");
    if (!this.isPending) this.later(this.wait);
    this.wait = Math.min(this.wait * 2, SLOWEST_MS);
  }
}

export function watchDrafts() {
  const drafts = new WeakMap();
  const find = (target) => {
    const form = target.closest?.("[data-task-form]");
    if (form && !drafts.has(form)) drafts.set(form, new Draft(form));
    return form && drafts.get(form);
  };
  const current = () => find(document.getElementById("task-form") ?? document.body);

  for (const kind of ["input", "change"]) document.addEventListener(kind, (event) => find(event.target)?.later());
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-save-draft]")) return;
    event.preventDefault();
    find(event.target).save();
  });
  document.addEventListener("submit", (event) => find(event.target)?.cancel());
  addEventListener("pagehide", () => current()?.isPending && current().save({ leaving: true }));
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && current()?.isPending) current().save({ leaving: true });
  });
}
