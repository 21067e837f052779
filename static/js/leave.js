// Away at once: the screen is covered, the page is closed on the server, and its place in the history taken by another.
// Without script the same links lead to the server, which does the rest.
const ways = [...document.querySelectorAll("a[data-leave]")];
const SHIFTS = 3;
const WITHIN = 5000;

function leave() {
  const [way] = ways;
  const to = way.dataset.leave;
  document.documentElement.classList.add("covered");
  document.title = new URL(to).hostname;
  document.body.replaceChildren();
  fetch(way.href, { keepalive: true, redirect: "manual" }).catch(() => {});
  window.location.replace(to);
}

for (const way of ways) {
  way.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
}

if (ways.length) {
  let shifts = [];
  document.addEventListener("keydown", (event) => {
    if (event.repeat) return;
    shifts = event.key === "Shift" ? [...shifts, event.timeStamp].slice(-SHIFTS) : [];
    if (shifts.length === SHIFTS && shifts[SHIFTS - 1] - shifts[0] < WITHIN) leave();
  });

  // Kept by the browser for going back: ask the server again, which may know better.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload();
  });

  // On a device that others use, what nobody looks at any more does not stay on the screen.
  const seconds = Number(document.body.dataset.closesAfter);
  if (seconds) {
    let timer = setTimeout(leave, seconds * 1000);
    for (const sign of ["input", "keydown", "pointerdown", "scroll"]) {
      document.addEventListener(sign, () => {
        clearTimeout(timer);
        timer = setTimeout(leave, seconds * 1000);
      }, { passive: true });
    }
  }
}
