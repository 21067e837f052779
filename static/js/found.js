// The elements of this kind inside a newly arrived piece of page, each handed out once.
const seen = new WeakMap();

export function found(root, selector) {
  const here = root.matches?.(selector) ? [root] : [];
  return [...here, ...root.querySelectorAll(selector)].filter((element) => {
    const known = seen.get(element) ?? new Set();
    if (known.has(selector)) return false;
    seen.set(element, known.add(selector));
    return true;
  });
}
