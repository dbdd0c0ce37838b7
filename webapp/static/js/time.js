// The time of day as staff write it, e.g. "10:42", where the browser is.
const format = new Intl.DateTimeFormat("en-US", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

export const clockTime = (at = new Date()) => format.format(at);
