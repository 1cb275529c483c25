// The screen on the wall looks every few seconds whether something has changed.
import { runTimer } from "./timer.js";

const EVERY_MS = 4000;
const live = document.querySelector("[data-refresh]");

async function look() {
  try {
    const reply = await fetch(window.location.href, { credentials: "same-origin" });
    if (!reply.ok || reply.redirected) return;
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    const fresh = page.querySelector("[data-refresh]");
    if (!fresh || fresh.innerHTML === shown) return;
    shown = fresh.innerHTML;
    live.innerHTML = fresh.innerHTML;
    live.querySelectorAll("[data-timer]").forEach(runTimer);
  } catch (error) {
    // No connection for the moment: what stands on the screen stays.
  }
}

let shown = null;
if (live) {
  // What the server sent, before any timer wrote into it.
  fetch(window.location.href, { credentials: "same-origin" })
    .then((reply) => reply.text())
    .then((text) => {
      const page = new DOMParser().parseFromString(text, "text/html");
      shown = page.querySelector("[data-refresh]").innerHTML;
    })
    .finally(() => setInterval(look, EVERY_MS));
}
