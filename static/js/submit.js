// A second press while the first is under way is not sent. The server counts a form once in any case.
const PATIENCE_MS = 8000;

export function onceOnly(form) {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    const button = event.submitter || form.querySelector("button[type=submit]");
    // Not disabled: a disabled button would not send its own name and value.
    if (button) button.setAttribute("aria-busy", "true");
    const free = () => {
      delete form.dataset.sent;
      if (button) button.removeAttribute("aria-busy");
    };
    setTimeout(free, PATIENCE_MS);
    window.addEventListener("pageshow", free, { once: true });
  });
}
