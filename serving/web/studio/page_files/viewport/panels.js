/** The drawer beside the picture: parts or bones of each model that is shown. */
import { makePartsPanel } from "./parts_panel.js";
import { makeSkeletonPanel } from "./skeleton_panel.js";

/** Fills `element`. Hooks: changed(), resurfaced(). */
export class Panels {
  constructor(element, hooks) {
    this.#element = element;
    this.#hooks = hooks;
  }

  #element;
  #hooks;
  #parts = new Map();
  #bones = new Map();

  /** The lists for these slots in this mode. */
  show(slots, mode) {
    const lettered = slots.map((slot, n) => ({ ...slot, letter: slots.length > 1 ? "AB"[n] : "" }));
    this.#parts = new Map(lettered.map((slot) => [slot.subject, makePartsPanel(slot, this.#hooks.changed)]));
    const boned = mode === "skeleton" ? lettered.filter((slot) => slot.subject.bones) : [];
    this.#bones = new Map(boned.map((slot) => [slot.subject, makeSkeletonPanel(slot, this.#hooks)]));
    const panels = { parts: this.#parts, skeleton: this.#bones }[mode] ?? new Map();
    this.#element.hidden = panels.size === 0;
    this.#element.replaceChildren(...[...panels.values()].map((panel) => panel.element));
  }

  /** A part or a bone was clicked in the picture. */
  pick({ subject, part, bone }) {
    if (part >= 0) this.#parts.get(subject)?.isolate(part);
    if (bone >= 0) this.#bones.get(subject)?.choose(bone);
  }

  /** No part is hidden any more. */
  showAll() {
    for (const panel of this.#parts.values()) panel.showAll();
  }
}
