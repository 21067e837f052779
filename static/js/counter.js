// <textarea maxlength="…" data-counter="{n} characters left"> says how much room is left, near the end only.
import { found } from "./found.js";

export function counter(root) {
  for (const area of found(root, "textarea[data-counter]")) {
    const limit = Number(area.dataset.limit ?? area.maxLength);
    const note = document.createElement("p");
    note.className = "hint";
    note.setAttribute("aria-live", "polite");
    area.after(note);
    const show = () => {
      const left = limit - area.value.length;
      note.textContent = left < limit / 5 ? area.dataset.counter.replace("{n}", left) : "";
    };
    area.addEventListener("input", show);
    show();
  }
}
