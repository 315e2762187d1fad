import { ask } from "./asking.js";
import { session } from "./words.js";

const BEFORE = 5 * 60_000; // ms
const MINUTE = 60_000;

// By the server's clock: that of a visitor's machine may be wrong by hours.
export function warnBeforeTheEnd() {
  const { sessionEnds, now, sessionPage, formToken } = document.body.dataset;
  if (!sessionEnds) return;
  const ahead = Date.now() - Date.parse(now);
  let ends, timer;
  const dialog = build();
  wait(sessionEnds);

  function wait(until) {
    ends = Date.parse(until) + ahead;
    clearTimeout(timer);
    timer = setTimeout(look, Math.max(0, ends - BEFORE - Date.now()));
  }

  // A machine that slept wakes up late: the time that is left is counted anew each minute.
  function look() {
    const left = Math.ceil((ends - Date.now()) / MINUTE);
    dialog.text.textContent = left > 0 ? session.left(left) : session.over;
    dialog.extend.hidden = left <= 0;
    if (!dialog.box.open) dialog.box.showModal();
    if (left > 0) timer = setTimeout(look, MINUTE);
  }

  async function extend() {
    try {
      wait((await ask(sessionPage, [["_token", formToken]])).ends_at);
      dialog.box.close();
    } catch {
      dialog.text.textContent = session.over;
      dialog.extend.hidden = true;
    }
  }

  function build() {
    const box = make("dialog", "opora-dialog");
    const title = make("h2", "govuk-heading-m", session.title);
    title.id = "session-title";
    box.setAttribute("aria-labelledby", title.id);
    const text = make("p", "govuk-body");
    const extension = make("button", "govuk-button", session.extend);
    const close = make("button", "govuk-button govuk-button--secondary", session.close);
    extension.addEventListener("click", extend);
    close.addEventListener("click", () => box.close());
    const buttons = make("div", "govuk-button-group");
    buttons.append(extension, close);
    box.append(title, text, buttons);
    document.body.append(box);
    return { box, text, extend: extension };
  }
}

function make(tag, classes, text = "") {
  const element = document.createElement(tag);
  element.className = classes;
  element.textContent = text;
  return element;
}
