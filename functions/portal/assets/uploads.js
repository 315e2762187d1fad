// <form data-upload> that posts a file straight to the store, as templates/uploads.html makes it:
// with the fields of the invitation, <input type="file" name="file"> and
// <div data-upload-state aria-live="polite">. A photo that is too heavy is made lighter first; what
// failed is told and can be sent again; then the browser goes where the store would have sent it.
// Without this script the browser does the same by itself, and of a failure it shows the store's XML.
import { uploads } from "./scripts/words.js";

const AT_MOST = 5 * 1024 * 1024; // bytes, adapters/documents.py
const SIDES = [3000, 2400, 1800, 1400]; // px of the longer side; a page of text is legible at 1400
const PATIENCE = 10 * 60_000; // ms for 5 MB over a bad line

for (const form of document.querySelectorAll("form[data-upload]")) takeOver(form);

function takeOver(form) {
  const state = form.querySelector("[data-upload-state]");
  const then = form.elements.success_action_redirect.value;
  let sending = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (sending) return;
    sending = true;
    try {
      await send(await fitting(form.elements.file));
      location.assign(then);
    } catch (error) {
      sending = false;
      tell(state, uploads[error.message] ?? uploads.unreachable, "opora-upload__state--failed");
    }
  });

  async function send(file) {
    tell(state, uploads.sending(file.size)).after(document.createElement("progress"));
    state.querySelector("progress").setAttribute("aria-label", uploads.wait);
    const body = new FormData(form);
    body.set("file", file);
    const options = { method: "POST", body, redirect: "manual", signal: AbortSignal.timeout(PATIENCE) };
    const answer = await fetch(form.action, options);
    if (answer.type !== "opaqueredirect") throw new Error("refused"); // the store goes on only after success
  }
}

function tell(state, text, more = "") {
  const said = document.createElement("p");
  said.className = `govuk-body opora-upload__state ${more}`;
  said.textContent = text;
  state.replaceChildren(said);
  return said;
}

// What a file is, its content decides; here only what is certain to be refused is told at once.
async function fitting({ files: [file], accept }) {
  if (!file.size) throw new Error("empty");
  if (file.type && !accept.split(",").includes(file.type)) throw new Error("type");
  return file.size <= AT_MOST ? file : lightened(file);
}

// Phones make photos of 8 MB.
async function lightened(file) {
  const image = file.type.startsWith("image/") && (await createImageBitmap(file).catch(() => null));
  if (!image) throw new Error("heavy");
  for (const side of SIDES) {
    const blob = await drawn(image, side);
    if (blob && blob.size <= AT_MOST) return new File([blob], file.name, { type: blob.type });
  }
  throw new Error("heavy");
}

function drawn(image, side) {
  const scale = Math.min(1, side / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(image.width * scale);
  canvas.height = Math.round(image.height * scale);
  const paper = canvas.getContext("2d");
  paper.fillStyle = "white"; // behind a picture that is partly transparent
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((made) => canvas.toBlob(made, "image/jpeg", 0.85));
}
