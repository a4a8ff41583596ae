/** Messages: those that everybody sees, and those for screen readers alone. */
import { hear } from "../bus.js";
import { el } from "../dom.js";
import { asSentence } from "../words.js";

const INFO_STAYS_MS = 8000;
const MOST = 4;

/** Show `alert`s in one element and read `announce`s out of another. Errors stay until they are closed. */
export function mountAlerts(list, announcer) {
  hear("announce", ({ text }) => {
    announcer.textContent = text;
  });
  hear("key-changed", ({ hadKey }) => {
    if (!hadKey) return;
    announcer.textContent = ""; // they name the jobs of the key's holder
    list.replaceChildren();
  });
  hear("alert", ({ text, kind = "info" }) => {
    const close = el("button", { type: "button", class: "quiet", "aria-label": "Close message" }, "×");
    const box = el(
      "div",
      { class: "alert", role: kind === "error" ? "alert" : "status", dataset: { kind } },
      el("p", {}, asSentence(text)),
      close,
    );
    close.addEventListener("click", () => box.remove());
    list.append(box);
    while (list.children.length > MOST) list.firstElementChild.remove();
    if (kind !== "error") setTimeout(() => box.remove(), INFO_STAYS_MS);
  });
}
