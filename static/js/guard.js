// <form data-guard> asks before a page with unsaved words is left. Forms that keep drafts need no guard.
import { found } from "./found.js";

export function guard(root) {
  for (const form of found(root, "form[data-guard]")) {
    let changed = false;
    form.addEventListener("input", () => {
      changed = true;
    });
    form.addEventListener("submit", () => {
      changed = false;
    });
    window.addEventListener("beforeunload", (event) => {
      if (changed) event.preventDefault();
    });
  }
}
