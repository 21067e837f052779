// <form data-steps> with several <fieldset data-step class="step"> becomes one question a screen, with dots and a way
// back that loses nothing. Without script it stays one page. Words come from the page: data-next, data-back,
// data-of="Step {n} of {total}". A step with data-one-tap moves on when its one answer is tapped.
import { button } from "./button.js";
import { found } from "./found.js";

const LONG_ENOUGH_TO_SEE = 180;

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
  let byHand = false;

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
      const heading = screens[now].querySelector("legend, h2") ?? screens[now];
      heading.setAttribute("tabindex", "-1");
      heading.focus({ preventScroll: true });
      window.scrollTo({ top: 0 });
    }
  };
  const answered = () =>
    [...screens[now].querySelectorAll("input, select, textarea")].every((field) => field.reportValidity());
  const forward = () => {
    if (now === screens.length - 1 || !answered()) return;
    history.pushState({ step: now + 1, from: now }, "");
    show(now + 1);
  };

  next.addEventListener("click", forward);
  back.addEventListener("click", () => {
    if (history.state?.from === undefined) show(now - 1);
    else history.back();
  });
  // The browser's own way back goes one question back, too.
  window.addEventListener("popstate", (event) => {
    if (form.isConnected && event.state?.step !== undefined) show(event.state.step);
  });

  // One tap on an answer is enough where one answer is all there is to say on the screen.
  // Somebody walking through the answers with the arrow keys stays where they are.
  form.addEventListener("pointerdown", () => {
    byHand = true;
  });
  form.addEventListener("keydown", (event) => {
    byHand = false;
    if (event.key === "Enter" && event.target.matches("input") && now < screens.length - 1) {
      event.preventDefault();
      forward();
    }
  });
  form.addEventListener("click", (event) => {
    const screen = event.target.closest("input[type=radio]")?.closest("[data-one-tap]");
    if (byHand && screen && screen === screens[now]) setTimeout(() => screen === screens[now] && forward(), LONG_ENOUGH_TO_SEE);
  });
  // A field that keeps the form from being sent may be on another screen.
  form.addEventListener(
    "invalid",
    (event) => {
      const screen = screens.findIndex((each) => each.contains(event.target));
      if (screen >= 0 && screens[screen].hidden) show(screen);
    },
    true,
  );

  form.classList.add("stepped");
  history.replaceState({ ...history.state, step: now }, "");
  show(now, false);
}
