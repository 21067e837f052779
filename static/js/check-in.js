// The check-in: one question a screen, one tap an answer. Which screen follows depends on the answers, so this is not
// the plain walk of steps.js. Without script the form is one page. Back, the phone's too, loses nothing.
import { button } from "./button.js";

const LONG_ENOUGH_TO_SEE = 180;
const form = document.querySelector("form[data-check-in]");
if (form) walk(form);

function walk(form) {
  const screens = new Map([...form.querySelectorAll("[data-screen]")].map((screen) => [screen.dataset.screen, screen]));
  const dotted = screens.has("met") ? ["met", "length", "them", "me", "worry"] : ["them", "me", "worry"];
  const bar = document.createElement("div");
  bar.className = "steps-dots";
  bar.innerHTML = `<ol role="list" aria-hidden="true">${"<li></li>".repeat(dotted.length)}</ol><span></span>`;
  const foot = document.createElement("div");
  foot.className = "steps-foot";
  const back = button("button quiet", form.dataset.back);
  const next = button("button", form.dataset.next);
  const hint = document.createElement("p");
  hint.className = "form-note";
  hint.setAttribute("role", "alert");
  foot.append(back, next);
  [...screens.values()][0].before(bar);
  [...screens.values()].at(-1).after(hint, foot);

  let now = "";
  let byHand = false;
  let adding = false;
  const chosen = (name) => form.querySelector(`[name=${name}]:checked`)?.value;
  const ticked = () => [...form.querySelectorAll("[name=feelings]:checked")];

  /** The screens of this visit, in order, by what has been answered so far. */
  const path = () => {
    const met = chosen("happened");
    const begin = screens.has("met") ? ["met", ...(met === "no" ? ["why"] : met === "as_planned" ? [] : ["length"])] : [];
    return [...begin, ...(met === "no" ? [] : ["them"]), "me", "worry", "send"];
  };
  const place = (name) => dotted.indexOf(name === "why" ? "length" : name);

  const show = (name, focus = true) => {
    now = name;
    for (const [key, screen] of screens) screen.hidden = key !== name;
    const at = name === "send" ? dotted.length : place(name);
    [...bar.querySelectorAll("li")].forEach((dot, index) => {
      dot.className = index < at ? "done" : index === at ? "now" : "";
    });
    bar.querySelector("span").textContent =
      name === "send"
        ? form.dataset.ready
        : form.dataset.of.replace("{n}", at + 1).replace("{total}", dotted.length);
    back.hidden = path().indexOf(name) <= 0;
    next.hidden = name === "send";
    form.classList.toggle("at-the-end", name === "send");
    hint.textContent = "";
    depend();
    if (focus) {
      const heading = screens.get(name).querySelector("legend, .legend");
      heading?.setAttribute("tabindex", "-1");
      heading?.focus({ preventScroll: true });
      window.scrollTo({ top: 0 });
    }
  };

  /** What is only asked after certain answers. */
  const depend = () => {
    const keys = ticked().map((box) => box.value);
    for (const [selector, wanted] of [
      ["[data-other-length]", chosen("length") === "other"],
      ["[data-own-word]", keys.includes("something_else")],
      ["[data-worried]", ["not_sure", "yes"].includes(chosen("worry"))],
    ]) {
      const part = form.querySelector(selector);
      if (part) part.hidden = !wanted;
    }
    const words = ticked().map((box) =>
      box.value === "something_else" ? form.elements.own_feeling.value || label(box) : label(box),
    );
    const line = form.querySelector("[data-for-them]");
    line.hidden = words.length === 0 || keys.includes("rather_not_say");
    line.querySelector("[data-for-them-words]").hidden = false;
    line.querySelector("strong").textContent = words.join(", ");
  };

  const forward = () => {
    const needed = { met: "happened", why: "reason", worry: "worry" }[now];
    if (needed && !chosen(needed)) {
      hint.textContent = form.dataset.choose;
      return;
    }
    const steps = path();
    const following = steps[steps.indexOf(now) + 1];
    if (!following) return;
    adding = false;
    history.pushState({ screen: following }, "");
    show(following);
  };
  const soon = () => {
    const from = now;
    setTimeout(() => now === from && forward(), LONG_ENOUGH_TO_SEE);
  };

  /** Whether this answer is all there is to say on its screen. */
  const isEnough = (input) =>
    ({
      happened: true,
      length: input.value !== "other",
      heaviness: true,
      worry: input.value === "no",
      feelings: input.checked && input.value !== "something_else" && !adding && ticked().length === 1,
    })[input.name] ?? false;

  const choose = (input) => {
    const boxes = ticked();
    if (input.value === "rather_not_say" && input.checked) {
      for (const box of boxes) box.checked = box === input;
    } else if (input.checked) {
      for (const box of boxes) if (box.value === "rather_not_say") box.checked = false;
    }
    hint.textContent = "";
    if (ticked().length > 3) {
      input.checked = false;
      hint.textContent = form.dataset.most;
    }
  };

  // Somebody walking through the answers with the keyboard stays on the screen until Next.
  form.addEventListener("pointerdown", () => {
    byHand = true;
  });
  form.addEventListener("keydown", (event) => {
    byHand = false;
    if (event.key === "Enter" && event.target.matches("input") && now !== "send") {
      event.preventDefault();
      forward();
    }
  });
  form.addEventListener("click", (event) => {
    const input = event.target.closest("input[type=radio], input[type=checkbox]");
    if (!input) return;
    if (input.name === "feelings") choose(input);
    depend();
    if (input.value === "something_else" && input.checked) form.elements.own_feeling.focus();
    if (byHand && isEnough(input)) soon();
  });
  form.querySelector("[data-add-another]").addEventListener("click", () => {
    adding = true;
    history.pushState({ screen: "them" }, "");
    show("them");
  });
  next.addEventListener("click", forward);
  back.addEventListener("click", () => {
    const steps = path();
    history.pushState({ screen: steps[steps.indexOf(now) - 1] }, "");
    show(steps[steps.indexOf(now) - 1]);
  });
  window.addEventListener("popstate", (event) => {
    if (screens.has(event.state?.screen)) show(event.state.screen);
  });
  // Links of the error summary lead to fields that may be on another screen.
  form.querySelector(".error-summary")?.addEventListener("click", (event) => {
    const field = document.getElementById(event.target.closest("a")?.hash.slice(1));
    const screen = field?.closest("[data-screen]");
    if (screen) show(screen.dataset.screen, false);
  });
  form.addEventListener("submit", (event) => {
    form.elements.device_time.value = new Date().toISOString();
    if (!navigator.onLine) {
      event.preventDefault();
      form.querySelector("[data-problem]").textContent = form.dataset.noSignal;
    }
  });

  form.classList.add("stepped");
  const wrong = [...screens].find(([, screen]) => screen.querySelector(".error"));
  const start = history.state?.screen ?? wrong?.[0] ?? path()[0];
  const first = wrong ? wrong[0] : screens.has(start) ? start : path()[0];
  history.replaceState({ screen: first }, "");
  show(first, false);
}

function label(box) {
  return box.closest("label").textContent.trim();
}
