// Before anything is drawn: styles and govuk-frontend's components look for these classes.
// A file of its own, since the pages' policy runs no inline script.
document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) {
  document.body.classList.add("govuk-frontend-supported");
}
