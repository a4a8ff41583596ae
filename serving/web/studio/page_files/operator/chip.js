/** The chip in the top bar: how busy the server is, and how news of it arrives. */
import { ApiError, apiKey, getJson } from "../api.js";
import { hear } from "../bus.js";
import { el, fill } from "../dom.js";
import { repeating } from "./repeating.js";

const COUNTS = "/api/v1/system/jobs/queue/stats";
// The counts and whether lanes are drained, for those who may know.
const COUNTS_AND_DRAIN = "/api/v1/system/drain";
// How many lanes live; it asks for no key.
const HEALTH = "/health";
const EVERY_S = 15;
const NEWS = {
  live: "Updates arrive as they happen",
  polling: "Updates are asked for every few seconds",
  offline: "The server cannot be reached",
};
const NO_WORKER = "No lane lives: jobs are taken and wait until a worker runs";

/** Keeps the chip up to date. -> {tell(queue, draining, lanes)}, for whoever has just learned it. */
export function mountChip(chip) {
  const state = { queue: null, draining: false, lanes: null, connection: "live", reached: true, mayKnow: false };
  const dot = el("span", { class: "chip-dot", "aria-hidden": "true" });
  const text = el("span", {});
  fill(chip, dot, text);

  const draw = () => {
    const words = chipWords(state);
    if (text.textContent !== words) text.textContent = words;
    chip.dataset.connection = state.reached ? state.connection : "offline";
    chip.dataset.work = state.lanes === 0 ? "none" : state.draining ? "draining" : "going";
    chip.title = state.lanes === 0 && state.reached ? NO_WORKER : NEWS[chip.dataset.connection];
    chip.setAttribute("aria-label", `Server: ${words}`);
  };
  const ask = async () => {
    try {
      const asked = [state.mayKnow || apiKey() ? COUNTS_AND_DRAIN : COUNTS, HEALTH];
      const [counts, { lanes }] = await Promise.all(asked.map((path) => getJson(path)));
      Object.assign(state, { queue: counts, draining: counts.draining ?? false, lanes, reached: true });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      state.reached = error.status !== 0;
      if (error.status === 401) state.mayKnow = false;
    }
    draw();
  };
  const loop = repeating(EVERY_S, ask);
  hear("connection", ({ state: connection }) => {
    const isBack = state.connection === "offline" && connection !== "offline";
    state.connection = connection;
    draw();
    if (isBack) loop.now();
  });
  hear("submitted", () => loop.soon());
  const seen = new Map();
  hear("job", ({ job }) => {
    if (seen.get(job.job_id) === job.status) return;
    seen.set(job.job_id, job.status);
    loop.soon();
  });
  hear("key-changed", () => loop.now());
  draw();
  loop.start();
  return {
    tell(queue, draining, lanes) {
      Object.assign(state, { queue, draining, lanes, reached: true, mayKnow: true });
      draw();
    },
  };
}

/** "2 waiting, 1 running", "Idle", "Offline", "Draining, 1 running", "No worker, 2 waiting". */
export function chipWords({ queue, draining, lanes, connection, reached }) {
  if (!reached || connection === "offline") return "Offline";
  if (queue === null) return "Server";
  const parts = [
    lanes === 0 && "No worker",
    draining && "Draining",
    queue.pending_jobs > 0 && `${queue.pending_jobs} waiting`,
    queue.processing_jobs > 0 && `${queue.processing_jobs} running`,
  ].filter(Boolean);
  return parts.join(", ") || "Idle";
}
