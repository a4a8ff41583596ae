/** What the form holds, by the name of the input. Kept when the feature changes: a mesh can be painted, then split. */

/** Says "change" with detail {slots}: the names of those that are another now. */
export class Inputs extends EventTarget {
  #held = new Map();

  /** The file or job in an input; undefined for none. */
  get(slot) {
    return this.#held.get(slot);
  }

  /** Put it there, in place of what was. */
  put(slot, held) {
    this.#held.get(slot)?.drop();
    this.#held.set(slot, held);
    this.#tell(slot);
  }

  remove(slot) {
    this.#held.get(slot)?.drop();
    if (this.#held.delete(slot)) this.#tell(slot);
  }

  /** Nothing is held any more. */
  clear() {
    for (const slot of [...this.#held.keys()]) this.remove(slot);
  }

  /** What is in one is in the other afterwards. */
  swap(a, b) {
    const [inA, inB] = [this.#held.get(a), this.#held.get(b)];
    for (const [slot, held] of [
      [a, inB],
      [b, inA],
    ]) {
      if (held) this.#held.set(slot, held);
      else this.#held.delete(slot);
    }
    this.#tell(a, b);
  }

  #tell(...slots) {
    this.dispatchEvent(new CustomEvent("change", { detail: { slots } }));
  }
}
