/** Draining: lanes start no new job. Begun after a question, ended at once. */
import { ApiError, postJson } from "../api.js";
import { say } from "../bus.js";
import { el } from "../dom.js";
import { count } from "../words.js";
import { tile } from "./tile.js";

const EXPLAINED =
  "No new job starts. What runs goes on to its end, what waits keeps its place, and new jobs are accepted" +
  " and wait, until draining ends. It stays so when the server is started again.";

/** `again` asks for the view anew. -> {element, show(view)} */
export function makeDrainTile(again) {
  const { element, body } = tile("Draining", "drain");
  const said = el("p", {});
  const button = el("button", { type: "button", role: "switch", "aria-checked": "false" }, "Drain");
  const undrain = el("button", { type: "button", hidden: true, onclick: () => order(false) }, "Undrain");
  body.append(said, button, undrain);
  const order = async (drain) => {
    try {
      await postJson("/api/v1/system/drain", { drain });
      say("announce", { text: drain ? "Draining: no new job starts" : "Jobs start again" });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      say("alert", { text: `Nothing was changed: ${error.message}`, kind: "error" });
    }
    again();
  };
  const question = makeQuestion(() => order(true));
  element.append(question);
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-checked") === "true") order(false);
    else question.showModal();
  });
  return {
    element,
    show({ draining }) {
      said.textContent = words(draining);
      button.setAttribute("aria-checked", String(draining.draining));
      undrain.hidden = draining.draining || !draining.hosts.length; // else the switch does it
      element.dataset.draining = String(draining.draining);
    },
  };
}

function words({ draining, hosts, processing_jobs, pending_jobs }) {
  if (draining) return `No new job starts: ${count(processing_jobs)} still running, ${count(pending_jobs)} waiting.`;
  if (hosts.length) return `No new job starts on ${hosts.join(", ")}. Elsewhere jobs start as they come.`;
  return "Jobs start as they come. Drain before you update or restart the server.";
}

function makeQuestion(drain) {
  const dialog = el("dialog", { class: "dialog", "aria-labelledby": "drain-title", "aria-describedby": "drain-words" });
  const close = () => dialog.close();
  dialog.append(
    el("h2", { id: "drain-title" }, "Drain the server?"),
    el("p", { id: "drain-words" }, EXPLAINED),
    el(
      "div",
      { class: "row" },
      el("button", { type: "button", onclick: close }, "Keep going"),
      el(
        "button",
        {
          type: "button",
          class: "primary",
          onclick: () => {
            close();
            drain();
          },
        },
        "Drain",
      ),
    ),
  );
  return dialog;
}
