/** A question before something that cannot be taken back. */
import { el } from "../dom.js";

/** Ask; answers whether the person said yes. The focus goes back to where it was. */
export function askFirst({ title, text, yes, no }) {
  const keep = el("button", { type: "submit", value: "no" }, no);
  const go = el("button", { type: "submit", value: "yes", class: "primary" }, yes);
  const dialog = el(
    "dialog",
    { class: "dialog ask-first", "aria-labelledby": "ask-first-title" },
    el(
      "form",
      { method: "dialog" },
      el("h2", { id: "ask-first-title", dir: "auto" }, title),
      el("p", {}, text),
      el("div", { class: "row" }, keep, go),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  keep.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}
