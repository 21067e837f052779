// <form data-autosave-url="…"> keeps a draft on the server while somebody writes. Files are left out.
// The words shown come from the page (translated there): data-kept="Draft kept {time}", data-not-kept="…",
// and appear in <p class="form-note" data-draft-note aria-live="polite"> inside the form.
import { found } from "./found.js";

const PAUSE = 1200;
const KEEPALIVE_LIMIT = 60000; // browsers refuse larger bodies once the page is going away

export function autosave(root) {
  for (const form of found(root, "form[data-autosave-url]")) watch(form);
}

function watch(form) {
  const note = form.querySelector("[data-draft-note]");
  let kept = written(form);
  let timer = 0;
  let sending = null;

  const send = async (last = false) => {
    clearTimeout(timer);
    timer = 0;
    const body = written(form);
    if (body === kept) return;
    sending?.abort();
    sending = new AbortController();
    try {
      const answer = await fetch(form.dataset.autosaveUrl, {
        method: "POST",
        body: new URLSearchParams(body),
        credentials: "same-origin",
        redirect: "error",
        keepalive: last && body.length < KEEPALIVE_LIMIT,
        signal: last ? undefined : sending.signal,
      });
      if (!answer.ok) throw new Error(answer.status);
      kept = body;
      say(note, form.dataset.kept?.replace("{time}", clock()));
    } catch (problem) {
      if (problem.name !== "AbortError") say(note, form.dataset.notKept);
    }
  };

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(send, PAUSE);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    timer = 0;
    sending?.abort();
  });
  // A phone may drop the page at any moment: what is waiting goes now.
  document.addEventListener("visibilitychange", () => {
    if (timer && document.visibilityState === "hidden") send(true);
  });
}

function written(form) {
  const words = [...new FormData(form)].filter(([, value]) => typeof value === "string");
  return new URLSearchParams(words).toString();
}

function say(note, words) {
  if (note && words) note.textContent = words;
}

function clock() {
  return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" }).format(new Date());
}
