/** The server as its operator sees it: a chip that always says how busy it is, and a panel that the chip opens. */
import { ApiError, getJson } from "../api.js";
import { hear, say } from "../bus.js";
import { el, fill } from "../dom.js";
import { mountChip } from "./chip.js";
import { makeDrainTile } from "./drain.js";
import { makeErrorTile } from "./errors.js";
import { makeGpuTile } from "./gpus.js";
import { makeLaneTile } from "./lanes.js";
import { makeMachineTile } from "./machine.js";
import { repeating } from "./repeating.js";

const VIEW = "/api/v1/system/operator";
const EVERY_S = 3;

/** `chip` opens and closes `panel`; it is asked for only while it is open and seen. */
export function mountOperator(panel, chip) {
  const counts = mountChip(chip);
  const notice = el("div", { class: "operator-notice", role: "status" });
  const ask = repeating(EVERY_S, () => look());
  const tiles = [makeMachineTile(), makeGpuTile(), makeLaneTile(ask.now), makeDrainTile(ask.now), makeErrorTile()];
  const grid = el("div", { class: "operator-tiles", hidden: true }, ...tiles.map((tile) => tile.element));
  panel.append(notice, grid);

  const look = async () => {
    try {
      const view = await getJson(VIEW);
      for (const tile of tiles) tile.show(view);
      counts.tell(view.queue, view.draining.draining, view.lanes.filter((lane) => lane.alive).length);
      fill(notice);
      grid.hidden = false;
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      grid.hidden ||= wantsKey(error);
      fill(notice, ...words(error));
      return !wantsKey(error); // without a key the answer stays the same
    }
  };
  const open = (wished) => {
    panel.hidden = !wished;
    chip.setAttribute("aria-expanded", String(wished));
    if (wished) ask.start();
    else ask.stop();
  };
  chip.addEventListener("click", () => open(panel.hidden));
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.target.closest("dialog")) return;
    open(false);
    chip.focus();
  });
  hear("key-changed", () => panel.hidden || ask.start());
}

function wantsKey(error) {
  return error.status === 401 || error.status === 403;
}

function words(error) {
  if (!wantsKey(error)) return [el("p", {}, `${error.message} What stands here is older.`)];
  const give = el("button", { type: "button", onclick: () => say("key-needed") }, "Enter an API key");
  return [el("p", {}, "What the server does, and stopping it, is for its operator: this needs an API key."), give];
}
