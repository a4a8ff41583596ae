/** The bar below the picture: one stop of the Tab key, arrow keys within, as the ARIA practices have toolbars. */
import { el } from "../dom.js";
import { icon } from "./icons.js";
import { MODES } from "./mode_names.js";

const TOOLS = [
  { name: "grid", icon: "grid", label: "Grid", title: "Grid on or off (G)", pressed: true },
  { name: "frame", icon: "frame", label: "Frame", title: "Frame the object (F)" },
  { name: "reset", icon: "reset", label: "Reset", title: "Reset the view (R)" },
  { name: "screenshot", icon: "camera", label: "Screenshot", title: "Save a picture of this view (PNG)" },
];

/** A toolbar. `chosen(name)` hears modes, `used(name)` hears tools. Answers {element, press, lock, setGrid}. */
export function makeToolbar({ chosen, used }) {
  const modes = MODES.map(({ name, label, title }, index) =>
    el(
      "button",
      {
        type: "button",
        class: "mode",
        title,
        "aria-pressed": "false",
        "aria-keyshortcuts": index + 1,
        dataset: { mode: name },
        onclick: () => chosen(name),
      },
      label,
    ),
  );
  const tools = TOOLS.map((tool) =>
    el(
      "button",
      {
        type: "button",
        class: "tool",
        title: tool.title,
        "aria-label": tool.label,
        dataset: { tool: tool.name },
        "aria-pressed": tool.pressed ? "true" : null,
        onclick: () => used(tool.name),
      },
      icon(tool.icon),
    ),
  );
  const buttons = [...modes, ...tools];
  const element = el(
    "div",
    { class: "vp-toolbar", role: "toolbar", "aria-label": "View" },
    el("div", { class: "vp-modes", role: "group", "aria-label": "Mode" }, ...modes),
    el("div", { class: "vp-tools", role: "group", "aria-label": "Tools" }, ...tools),
  );
  rove(element, buttons);
  return {
    element,
    press: (name) =>
      modes.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.mode === name))),
    lock: (name, why) =>
      lock(
        modes.find((button) => button.dataset.mode === name),
        why,
      ),
    setGrid: (on) => tools[0].setAttribute("aria-pressed", String(on)),
  };
}

/** A mode that has nothing to show stays in reach, and says why. */
function lock(button, why) {
  button.dataset.title ??= button.title;
  button.title = why || button.dataset.title;
  if (why) button.setAttribute("aria-disabled", "true");
  else button.removeAttribute("aria-disabled");
}

function rove(element, buttons) {
  const stop = (at) =>
    buttons.forEach((button, index) => {
      button.tabIndex = index === at ? 0 : -1;
    });
  stop(0);
  element.addEventListener("focusin", ({ target }) => {
    const at = buttons.indexOf(target);
    if (at >= 0) stop(at);
  });
  element.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    buttons[(to + buttons.length) % buttons.length].focus();
  });
}
