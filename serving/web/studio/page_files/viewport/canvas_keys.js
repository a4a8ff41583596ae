/** Keys of the view: digits are modes, F G R tools; on the picture itself, arrows turn, with shift move, + and - zoom. */
import { MODES } from "./mode_names.js";

const TURN = Math.PI / 24;
const MOVE_PX = 24;
const ZOOM = 0.88;
const TYPES = new Set(["TEXTAREA", "SELECT"]);

/** Listen on the pane. `stage()` is null until there is something to show. */
export function listenToKeys(root, canvas, { stage, chosen, used, escaped }) {
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
    const mode = MODES[Number(event.key) - 1];
    const tool = { f: "frame", g: "grid", r: "reset" }[event.key.toLowerCase()];
    if (mode) chosen(mode.name);
    else if (tool) used(tool);
    else if (event.key === "Escape") escaped();
    else if (!(event.target === canvas && stage() && turned(event, stage().controls))) return;
    event.preventDefault();
  });
}

function turned({ key, shiftKey }, controls) {
  const turns = {
    ArrowLeft: () => controls.rotateLeft(TURN),
    ArrowRight: () => controls.rotateLeft(-TURN),
    ArrowUp: () => controls.rotateUp(TURN),
    ArrowDown: () => controls.rotateUp(-TURN),
  };
  const moves = {
    ArrowLeft: () => controls.pan(MOVE_PX, 0),
    ArrowRight: () => controls.pan(-MOVE_PX, 0),
    ArrowUp: () => controls.pan(0, MOVE_PX),
    ArrowDown: () => controls.pan(0, -MOVE_PX),
  };
  const zooms = {
    "+": () => controls.dollyIn(ZOOM),
    "=": () => controls.dollyIn(ZOOM),
    "-": () => controls.dollyOut(ZOOM),
  };
  const act = (shiftKey ? moves : turns)[key] ?? zooms[key];
  act?.();
  return Boolean(act);
}

function isTyping(target) {
  return TYPES.has(target.tagName) || (target.tagName === "INPUT" && target.type !== "checkbox");
}
