// Makes pages that work without it nicer. What it does where, templates say by data-attributes.
// A request of a script carries the form's fields and script=1; the page answers with JSON
// (functions/portal/pages.py, json_answer), or leads to sign-in when the session has ended.
//
// on every form      A second click within three seconds sends nothing.
//
// <form data-autosave="/path">
//                    What is typed is posted to that path two seconds later, each time with a new
//                    `_key`. Answer: {"saved": "14:05", "seen": …}, the latter for the field `_seen`. <p class="opora-saved" data-saved
//                    aria-live="polite"> in the form tells it.
//
// <body data-session-ends data-now data-session-page data-form-token>
//                    Five minutes before the session ends a dialog offers to extend it.
//                    Answer of data-session-page: {"ends_at": …}.
//
// [data-machine]     The box of a state machine's drawing scrolls to where the execution is.
//
// uploads.js and office.js say the rest, on the pages that load them in their block `scripts`.
import {
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  PasswordInput,
  Radios,
  ServiceNavigation,
  createAll,
} from "govuk-frontend";

import { saveDrafts } from "./scripts/drafts.js";
import { warnBeforeTheEnd } from "./scripts/session.js";
import { characterCount, passwordInput } from "./scripts/words.js";

createAll(CharacterCount, { i18n: characterCount });
createAll(Checkboxes);
createAll(ErrorSummary);
createAll(PasswordInput, { i18n: passwordInput });
createAll(Radios);
createAll(ServiceNavigation);

sendOnce();
saveDrafts();
warnBeforeTheEnd();
showCurrentStates();

function sendOnce() {
  const AGAIN = 3000; // ms: later it is no double click, and the first try may have failed
  const sent = new WeakMap();
  document.addEventListener("submit", (event) => {
    const before = sent.get(event.target) ?? -AGAIN;
    if (event.timeStamp - before < AGAIN) event.preventDefault();
    else sent.set(event.target, event.timeStamp);
  });
}

function showCurrentStates() {
  for (const box of document.querySelectorAll("[data-machine]")) {
    const current = box.querySelector(".opora-machine__state--current, .opora-machine__state--failed");
    if (!current) continue;
    const [outer, inner] = [box, current].map((each) => each.getBoundingClientRect());
    box.scrollLeft += inner.left + inner.width / 2 - outer.left - outer.width / 2;
  }
}
