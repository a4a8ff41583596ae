/** The lanes, the models that each holds, and a button to have a model leave. */
import { ApiError, postJson } from "../api.js";
import { say } from "../bus.js";
import { el } from "../dom.js";
import { duration } from "../words.js";
import { mib, rows, tile } from "./tile.js";

const STATES = { loading: "loading", idle: "idle", busy: "running" };

/** `again` asks for the view anew. -> {element, show(view)} */
export function makeLaneTile(again) {
  const { element, body } = tile("Lanes", "lanes");
  const none = el("p", { class: "problem" }, "No lane lives: jobs wait until ai_worker.py runs.");
  const list = el("ul", { class: "tile-list" });
  const showRows = rows(
    list,
    (lane) => lane.name,
    (lane) => makeLane(lane, again),
  );
  body.append(none, list);
  return {
    element,
    show({ lanes }) {
      none.hidden = lanes.some((lane) => lane.alive);
      showRows(lanes);
    },
  };
}

function makeLane(lane, again) {
  const state = el("span", { class: "soft" });
  const holds = el("ul", { class: "residents" });
  const note = el("p", { class: "soft small" });
  const showRows = rows(
    holds,
    (one) => one.weights,
    (one) => makeResident(one, again),
  );
  const name = lane.title ? `${lane.title} on ${lane.host}` : lane.name;
  const element = el("li", {}, el("div", { class: "headed" }, el("h3", {}, name), state), note, holds);
  return {
    element,
    show(now) {
      state.textContent = !now.alive ? "gone" : now.busy ? "running a job" : "idle";
      note.textContent = now.waits_for
        ? `Takes nothing: ${now.waits_for}`
        : now.residents.length
          ? ""
          : "Holds no model";
      note.hidden = !note.textContent;
      showRows(now.residents);
    },
  };
}

function makeResident({ weights }, again) {
  const facts = el("span", { class: "soft small" });
  const button = el("button", { type: "button", class: "small-button", "aria-label": `Unload ${weights}` }, "Unload");
  const element = el("li", { class: "resident" }, el("span", { class: "resident-name" }, weights), facts, button);
  button.addEventListener("click", async () => {
    button.setAttribute("aria-disabled", "true"); // stays where the focus is
    await unload(weights);
    again();
  });
  return {
    element,
    show(now) {
      const memory = now.memory_mib ?? now.price_mib;
      facts.textContent = [
        now.idle_s === null ? STATES[now.state] : `idle for ${duration(now.idle_s)}`,
        memory > 0 && mib(memory),
      ]
        .filter(Boolean)
        .join(", ");
      button.removeAttribute("aria-disabled");
    },
  };
}

async function unload(weights) {
  try {
    const told = await postJson(`/api/v1/system/models/${encodeURIComponent(weights)}/unload`);
    say("alert", { text: `${weights}: ${told.message}.` });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    say("alert", { text: `${weights} was not unloaded: ${error.message}`, kind: "error" });
  }
}
