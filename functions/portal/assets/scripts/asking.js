// How scripts ask our pages.

// Posts a form's fields; gives the answer's JSON. Throws when there is no such answer: refused,
// the session is over, nobody is there.
export async function ask(path, fields, signal) {
  const body = new URLSearchParams([...fields, ["script", "1"]]);
  const answer = await fetch(path, { method: "POST", body, redirect: "manual", signal });
  if (!answer.ok) throw new Error(answer.type === "opaqueredirect" ? "ended" : "refused");
  return answer.json();
}

// The fields of a form but its files, with a key of their own: each time it acts anew.
export function fieldsOf(form) {
  const fields = [...new FormData(form)].filter(([name, value]) => name !== "_key" && typeof value === "string");
  return [...fields, ["_key", newKey()]];
}

function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
