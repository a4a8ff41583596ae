/** A button that opens a list of buttons and links. Escape, a click elsewhere, or leaving it closes it. */
import { el } from "../dom.js";

/** A menu named `label`; `build()` answers its children each time it opens. Answers {element, button, close}. */
export function makeMenu(name, label, build) {
  const list = el("div", { class: "vp-menu-list", id: `vp-${name}-list`, hidden: true });
  const button = el(
    "button",
    {
      type: "button",
      class: "vp-menu-button",
      "aria-expanded": "false",
      "aria-controls": list.id,
      dataset: { menu: name },
    },
    label,
    el("span", { class: "caret", "aria-hidden": "true" }, "▾"),
  );
  const element = el("div", { class: "vp-menu" }, button, list);
  const open = (on) => {
    list.hidden = !on;
    button.setAttribute("aria-expanded", String(on));
    if (on) list.replaceChildren(...[build()].flat());
  };
  const close = () => open(false);
  button.addEventListener("click", () => open(list.hidden));
  element.addEventListener("keydown", (event) => keys(event, { list, button, close, open }));
  element.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget && !element.contains(relatedTarget)) close();
  });
  document.addEventListener("pointerdown", ({ target }) => {
    if (!element.contains(target)) close();
  });
  return { element, button, close };
}

function keys(event, { list, button, close, open }) {
  if (event.key === "Escape" && !list.hidden) {
    event.stopPropagation();
    close();
    button.focus();
    return;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  event.stopPropagation();
  if (list.hidden) open(true);
  const stops = [...list.querySelectorAll("a[href], button:not(:disabled)")];
  const at = stops.indexOf(document.activeElement);
  stops[at < 0 ? (step > 0 ? 0 : stops.length - 1) : (at + step + stops.length) % stops.length]?.focus();
}
