// Words are kept at the server while one types: photos are not, they go with the button.
const PAUSE_MS = 3000;
const RETRY_MS = 15000;

export function keepAsTyped(form) {
  const line = form.querySelector("[data-saved]");
  const words = form.dataset;
  let timer = null;
  let dirty = false;
  let sending = null;
  let failed = false;
  let over = false;

  const say = (text, kind) => {
    if (!line) return;
    line.textContent = text;
    line.dataset.kind = kind;
  };

  const later = (pause) => {
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  };

  function save() {
    if (over || sending || !dirty) return;
    sending = send().then(() => {
      sending = null;
      if (dirty && !over) later(failed ? RETRY_MS : PAUSE_MS);
    });
  }

  async function send() {
    dirty = false;
    failed = false;
    say(words.saidSaving, "saving");
    try {
      const reply = await fetch(words.autosave, {
        method: "POST",
        body: wordsOf(form),
        headers: { "X-Requested-With": "fetch" },
        credentials: "same-origin",
        redirect: "manual",
        keepalive: document.visibilityState === "hidden",
      });
      settle(reply.type === "opaqueredirect" ? 401 : reply.status, await answerOf(reply));
    } catch (error) {
      missed(words.saidFailed);
    }
  }

  function missed(text) {
    dirty = true;
    failed = true;
    say(text, "failed");
  }

  function settle(status, answer) {
    if (status >= 200 && status < 300) {
      const version = form.elements.namedItem("version");
      if (version && answer.version !== undefined) version.value = answer.version;
      // What has been kept has an address of its own: loaded again, the page shows it.
      if (answer.href) history.replaceState(null, "", answer.href);
      say(`${words.saidSaved} ${answer.at || hourAndMinute(new Date())}`, "saved");
    } else if (status === 409) {
      over = true;
      say(words.saidStale, "stale");
    } else if (status === 401 || status === 403) {
      missed(words.saidSignedOut);
    } else if (status >= 500 || status === 429) {
      missed(words.saidFailed);
    } else {
      // Not valid yet (422): the button will tell; until then it is only unfinished.
      say("", "");
    }
  }

  form.addEventListener("input", () => {
    dirty = true;
    later(PAUSE_MS);
  });
  form.addEventListener("change", () => {
    dirty = true;
    later(PAUSE_MS / 3);
  });
  // A save under way may change the version: the button waits for it, or the form would contradict itself.
  form.addEventListener("submit", (event) => {
    over = true;
    clearTimeout(timer);
    if (!sending) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const button = event.submitter || form.querySelector("button[type=submit]");
    sending.then(() => button.click());
  });
  // Leaving the page, or only looking away on a phone that may then forget it.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save();
  });
  window.addEventListener("beforeunload", (event) => {
    if (!failed || form.dataset.sent) return;
    event.preventDefault();
    event.returnValue = words.saidLeaving;
  });
}

function wordsOf(form) {
  const all = new FormData(form);
  const kept = new FormData();
  for (const [name, value] of all) if (typeof value === "string") kept.append(name, value);
  return kept;
}

async function answerOf(reply) {
  try {
    return await reply.json();
  } catch (error) {
    return {};
  }
}

function hourAndMinute(now) {
  return `${String(now.getHours()).padStart(2, "0")}:${String(now.getMinutes()).padStart(2, "0")}`;
}
