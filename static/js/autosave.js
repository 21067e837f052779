// <form data-autosave-url="…"> keeps a draft on the server while somebody writes.
// The words shown come from the page (translated there): data-kept="Draft kept {time}", data-not-kept="…".
import { found } from "./found.js";

const PAUSE = 1200;

export function autosave(root) {
  for (const form of found(root, "form[data-autosave-url]")) watch(form);
}

function watch(form) {
  const note = form.querySelector("[data-draft-note]");
  let timer = 0;
  let sending = null;

  const send = async (last = false) => {
    clearTimeout(timer);
    timer = 0;
    sending?.abort();
    sending = new AbortController();
    try {
      const answer = await fetch(form.dataset.autosaveUrl, {
        method: "POST",
        body: new FormData(form),
        headers: { "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value },
        credentials: "same-origin",
        redirect: "error",
        keepalive: last,
        signal: last ? undefined : sending.signal,
      });
      if (!answer.ok) throw new Error(answer.status);
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

function say(note, words) {
  if (note && words) note.textContent = words;
}

function clock() {
  return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" }).format(new Date());
}
