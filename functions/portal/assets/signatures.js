// <form data-signature>    A signature that is a file of its own is chosen as a file, in [data-signature-file],
//                          and goes in the field `signature` as base64. Without scripts its text is pasted,
//                          in [data-signature-text].
for (const form of document.querySelectorAll("form[data-signature]")) takeOver(form);

function takeOver(form) {
  const [chosen, pasted] = ["file", "text"].map((what) => form.querySelector(`[data-signature-${what}]`));
  const input = chosen.querySelector("input");
  chosen.hidden = false;
  pasted.remove();
  form.addEventListener("submit", async (event) => {
    const [file] = input.files;
    if (!file || event.defaultPrevented) return;
    event.preventDefault();
    form.elements.signature.value = await inBase64(file);
    form.submit();
  });
}

function inBase64(file) {
  return new Promise((read) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => read(reader.result.split(",", 2)[1] ?? ""));
    reader.readAsDataURL(file);
  });
}
