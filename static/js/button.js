// A button that only the script has a use for.
export function button(classes, words) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = classes;
  element.textContent = words;
  return element;
}
