// Messages can be put away; those that only say "saved" go by themselves, the others wait.
import { found } from "./found.js";

const LONG_ENOUGH_TO_READ = 12000;

export function toasts(root) {
  for (const toast of found(root, ".toast")) {
    const button = toast.querySelector("[data-dismiss]");
    if (!button) continue;
    button.hidden = false;
    button.addEventListener("click", () => toast.remove());
    if (toast.classList.contains("success")) {
      const timer = setTimeout(() => toast.remove(), LONG_ENOUGH_TO_READ);
      for (const name of ["mouseenter", "focusin"]) toast.addEventListener(name, () => clearTimeout(timer));
    }
  }
}
