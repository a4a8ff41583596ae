/** The elements of the pane and where they stand. */
import { el } from "../dom.js";
import { icon } from "./icons.js";

const HELP =
  "Drag to turn, with the right button or two fingers to move, wheel or pinch to zoom. Keys: arrows turn, " +
  "with shift they move, plus and minus zoom; 1 to 7 are the modes, F frames, G is the grid, R resets.";

/** Build the pane in `root`. `pieces`: actions (elements of the bar), facts (two), cover, toolbar. */
export function layOut(root, { actions, facts, cover, toolbar }) {
  const canvas = el("canvas", {
    class: "vp-canvas",
    tabindex: "0",
    role: "application",
    "aria-roledescription": "3D view",
    "aria-label": "3D view, empty",
    "aria-describedby": "vp-help",
  });
  const swap = el("button", { type: "button", dataset: { action: "swap" } }, icon("swap"), "Swap");
  const close = el(
    "button",
    { type: "button", dataset: { action: "close-compare" } },
    icon("close"),
    "Close comparison",
  );
  const compare = el(
    "div",
    { class: "vp-compare", role: "group", "aria-label": "Comparison", hidden: true },
    swap,
    close,
  );
  const play = el("button", { type: "button", class: "vp-play", hidden: true });
  const grid = el("span", { class: "vp-grid small" });
  const note = el("p", { class: "vp-note small", hidden: true });
  const showAll = el("button", { type: "button", class: "small", hidden: true });
  const panel = el("aside", { class: "vp-panel", "aria-label": "Details of the mode", hidden: true });
  const divider = el("div", { class: "vp-divider", hidden: true });
  const status = el("div", { class: "vp-status" }, play, grid, showAll, note);
  const corners = el("div", { class: "vp-corners" }, ...facts);
  const stage = el("div", { class: "vp-stage" }, canvas, divider, corners, status, cover);
  const bar = el("div", { class: "vp-bar" }, compare, el("div", { class: "vp-actions" }, ...actions));
  const help = el("p", { id: "vp-help", class: "unseen" }, HELP);
  root.append(
    el(
      "div",
      { class: "vp" },
      el("h2", { class: "unseen" }, "View"),
      bar,
      el("div", { class: "vp-middle" }, stage, panel),
      toolbar,
      help,
    ),
  );
  return { canvas, stage, corners, panel, divider, compare, swap, close, play, grid, note, showAll, bar };
}
