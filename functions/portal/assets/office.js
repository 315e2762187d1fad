// The console's own; everything here has a way without it. A page loads it in its block `scripts`.
//
// [data-key="c"]     That key does what a click on the element does; ? opens the list of keys
//                    (<details data-keys-help>). j and k go to the next and the previous [data-row],
//                    whose first link is focused. Never while something is typed, never with Ctrl,
//                    Alt or Cmd. <input type="checkbox" data-keys-switch> turns them off and on
//                    (WCAG 2.1.4); the browser remembers it.
//
// <div id="…" data-live="30">
//                    Every so many seconds the part of that id is taken from the page as it is now,
//                    unless it is paused, not looked at, or somebody is in it with the keyboard.
//                    <button data-live-pause="that id" type="button" hidden> pauses it. A time that
//                    is told stands inside the part.
//
// <input type="checkbox" data-mark-all="name">
//                    Marks all checkboxes of that name in its form.
import { live } from "./scripts/words.js";

const KEPT = "opora-keys-off";

useKeys();
for (const part of document.querySelectorAll("[data-live]")) keepFresh(part);
for (const box of document.querySelectorAll("[data-mark-all]")) markAll(box);

function useKeys() {
  const choice = document.querySelector("[data-keys-switch]");
  if (choice) {
    choice.checked = !localStorage.getItem(KEPT);
    choice.addEventListener("change", () => {
      if (choice.checked) localStorage.removeItem(KEPT);
      else localStorage.setItem(KEPT, "1");
    });
  }
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea, dialog, [contenteditable]");
    if (typing || event.ctrlKey || event.altKey || event.metaKey || localStorage.getItem(KEPT)) return;
    const act = { "?": help, j: () => step(1), k: () => step(-1) }[event.key] ?? clicker(event.key);
    if (!act) return;
    event.preventDefault();
    act();
  });
}

function clicker(key) {
  const element = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  return element && (() => element.click());
}

function help() {
  const list = document.querySelector("[data-keys-help]");
  if (!list) return;
  list.open = true;
  list.querySelector("summary").focus();
}

function step(by) {
  const rows = [...document.querySelectorAll("[data-row]")];
  const now = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[now < 0 ? 0 : Math.min(Math.max(now + by, 0), rows.length - 1)];
  next?.querySelector("a").focus();
}

function keepFresh(part) {
  let paused = false;
  const button = document.querySelector(`[data-live-pause="${part.id}"]`);
  button.hidden = false;
  button.textContent = live.pause;
  button.addEventListener("click", () => {
    paused = !paused;
    button.textContent = paused ? live.go : live.pause;
  });
  setInterval(async () => {
    if (paused || document.hidden || part.contains(document.activeElement)) return;
    const answer = await fetch(location.href, { redirect: "manual" }).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(part.id);
    if (fresh && !paused && !part.contains(document.activeElement)) part.replaceChildren(...fresh.childNodes);
  }, Number(part.dataset.live) * 1000);
}

function markAll(box) {
  box.addEventListener("change", () => {
    for (const one of box.form.querySelectorAll(`[name="${CSS.escape(box.dataset.markAll)}"]`)) one.checked = box.checked;
  });
}
