// Small enhancements of pages that already work without them. Each module looks for its own data attribute.
import { autosave } from "./autosave.js";
import { counter } from "./counter.js";
import { guard } from "./guard.js";
import { steps } from "./steps.js";
import { toasts } from "./toasts.js";

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

// One menu open at a time; Escape and a tap elsewhere close it.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.account-menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.account-menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
