// What may have been said before is looked up while one types, and shown in its place; nothing depends on it.
const PAUSE_MS = 1200;

export function lookAlike(place) {
  const form = place.closest("form");
  if (!form) return;
  let timer = null;
  let asked = 0;

  const look = async () => {
    const mine = ++asked;
    const words = new FormData();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") words.append(name, value);
    try {
      const reply = await fetch(place.dataset.alike, {
        method: "POST",
        body: words,
        headers: { "X-Requested-With": "fetch" },
        credentials: "same-origin",
        redirect: "manual",
      });
      if (reply.ok && mine === asked) place.innerHTML = await reply.text();
    } catch (error) {
      // No connection: it is shown when the page is saved.
    }
  };

  const later = (event) => {
    if (place.contains(event.target)) return;
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE_MS);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
}
