// Small enhancements of pages that already work without them. Each module looks for its own data attribute.
import { autosave } from "./autosave.js";
import { counter } from "./counter.js";
import { guard } from "./guard.js";
import { steps } from "./steps.js";
import { toasts } from "./toasts.js";

const SECOND_TAP = 4000;

function enhance(root) {
  autosave(root);
  counter(root);
  guard(root);
  steps(root);
  toasts(root);
}

enhance(document);
document.addEventListener("htmx:load", (event) => enhance(event.detail.elt));
document.querySelector("[data-focus]")?.focus();
document.querySelector(".site-nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

// What was tapped did not arrive, and the page says so until something does.
for (const [name, hidden] of [["htmx:sendError", false], ["htmx:timeout", false], ["htmx:afterOnLoad", true]]) {
  document.addEventListener(name, () => {
    for (const note of document.querySelectorAll("[data-not-sent]")) note.hidden = hidden;
  });
}

// One menu open at a time; Escape and a tap elsewhere close it.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.account-menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  if (event.target.closest("[data-print]")) window.print();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.account-menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A second tap while the first is on its way would send the same form twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, SECOND_TAP);
});
