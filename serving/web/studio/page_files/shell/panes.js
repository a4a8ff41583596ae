/** One pane at a time on narrow screens: tabs, as the ARIA practices have them. On wide screens all panes are there. */
import { hear } from "../bus.js";

/** `tabs` holds the buttons, `panes` shows the one that its data-pane names. */
export function mountPanes(tabs, panes) {
  const buttons = [...tabs.querySelectorAll('[role="tab"]')];
  const choose = (name, focus = false) => {
    panes.dataset.pane = name;
    for (const button of buttons) {
      const isIt = button.getAttribute("aria-controls") === name;
      button.setAttribute("aria-selected", String(isIt));
      button.tabIndex = isIt ? 0 : -1;
      if (isIt && focus) button.focus();
    }
  };
  for (const [index, button] of buttons.entries()) {
    button.addEventListener("click", () => choose(button.getAttribute("aria-controls")));
    button.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const to = event.key === "Home" ? 0 : event.key === "End" ? buttons.length - 1 : index + (step ?? NaN);
      if (Number.isNaN(to)) return;
      event.preventDefault();
      choose(buttons[(to + buttons.length) % buttons.length].getAttribute("aria-controls"), true);
    });
  }
  hear("pane", ({ name }) => choose(name));
}
