// <form data-steps> with several <fieldset data-step> becomes one question a screen, with dots and a way back.
// Without script it stays one page. Words come from the page: data-next, data-back, data-of="Step {n} of {total}".
import { found } from "./found.js";

export function steps(root) {
  for (const form of found(root, "form[data-steps]")) walk(form);
}

function walk(form) {
  const screens = [...form.querySelectorAll("[data-step]")];
  if (screens.length < 2) return;
  const bar = document.createElement("div");
  bar.className = "steps-dots";
  bar.innerHTML = `<ol role="list" aria-hidden="true">${"<li></li>".repeat(screens.length)}</ol><span></span>`;
  screens[0].before(bar);
  const foot = document.createElement("div");
  foot.className = "steps-foot";
  const back = button("button quiet", form.dataset.back);
  const next = button("button", form.dataset.next);
  foot.append(back, next);
  screens.at(-1).after(foot);
  let now = Math.max(0, screens.findIndex((screen) => screen.querySelector(".error")));

  const show = (number, focus = true) => {
    now = number;
    screens.forEach((screen, index) => {
      screen.hidden = index !== now;
    });
    [...bar.querySelectorAll("li")].forEach((dot, index) => {
      dot.className = index < now ? "done" : index === now ? "now" : "";
    });
    bar.querySelector("span").textContent = form.dataset.of
      .replace("{n}", now + 1)
      .replace("{total}", screens.length);
    back.hidden = now === 0;
    next.hidden = now === screens.length - 1;
    form.classList.toggle("at-the-end", now === screens.length - 1);
    if (focus) {
      const heading = screens[now].querySelector("legend, h2");
      heading?.setAttribute("tabindex", "-1");
      heading?.focus();
      window.scrollTo({ top: 0 });
    }
  };

  back.addEventListener("click", () => show(now - 1));
  next.addEventListener("click", () => show(now + 1));
  // One tap on an answer is enough where one answer is all there is to say on the screen.
  form.addEventListener("click", (event) => {
    const answer = event.target.closest("input[type=radio]");
    const screen = answer?.closest("[data-step]");
    if (screen?.hasAttribute("data-one-tap") && event.detail !== 0 && now < screens.length - 1) show(now + 1);
  });
  form.classList.add("stepped");
  show(now, false);
}

function button(classes, words) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = classes;
  element.textContent = words;
  return element;
}
