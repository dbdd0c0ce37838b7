// A post that says it comes from a script: the server then answers in short form.
export function post(url, body) {
  return fetch(url, {
    method: "POST",
    body,
    credentials: "same-origin",
    headers: { "HX-Request": "true", Accept: "application/json, text/html;q=0.9" },
  });
}
