// Messages can be put away; those that only say "saved" go by themselves, the others wait.
import { found } from "./found.js";

const LONG_ENOUGH_TO_READ = 12000;

export function toasts(root) {
  for (const toast of found(root, ".toast")) {
    // A status region is read out when something enters it, not when it was there from the start.
    const region = toast.parentElement;
    setTimeout(() => toast.isConnected && region.append(toast), 150);
    const button = toast.querySelector("[data-dismiss]");
    button.hidden = false;
    button.addEventListener("click", () => {
      toast.remove();
      document.getElementById("main").focus({ preventScroll: true });
    });
    if (toast.classList.contains("success")) {
      const timer = setTimeout(() => toast.remove(), LONG_ENOUGH_TO_READ);
      for (const name of ["mouseenter", "focusin"]) toast.addEventListener(name, () => clearTimeout(timer));
    }
  }
}
