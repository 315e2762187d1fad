import { ask, fieldsOf } from "./asking.js";
import { drafts } from "./words.js";

const PAUSE = 2000; // ms without typing

export function saveDrafts() {
  for (const form of document.querySelectorAll("form[data-autosave]")) keepSaved(form);
}

function keepSaved(form) {
  const told = form.querySelector("[data-saved]");
  let waiting, sending;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(save, PAUSE);
  });
  // What is sent in the usual way needs no saving beside it, and must not be overtaken by it.
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    sending?.abort();
  });

  async function save() {
    sending?.abort();
    sending = new AbortController();
    try {
      const answer = await ask(form.dataset.autosave, fieldsOf(form), sending.signal);
      told.textContent = drafts.saved(answer.saved);
      if (form.elements._seen) form.elements._seen.value = answer.seen;
    } catch (error) {
      if (error.name !== "AbortError") told.textContent = drafts[error.message] ?? drafts.unreachable;
    }
  }
}
