/** Which models are shown: one, or two beside each other; loading them, one after another or instead of another. */
import { bytesOf } from "./source.js";

/**
 * Holds slots "a" and "b", each null or {job, name, subject, bytes}. Hooks: loading(words, percent), failed(words,
 * canRetry), shown(isNew). `viewer()` answers the Viewer, made when first needed; it throws Error where there is no WebGL.
 */
export class Showing {
  constructor(viewer, hooks) {
    this.#viewer = viewer;
    this.#hooks = hooks;
    this.a = null;
    this.b = null;
    this.wanted = null; // what "a" will be, or is
  }

  #viewer;
  #hooks;
  #abort = null;
  #again = null;

  /** What is shown, from left to right. */
  get slots() {
    return [this.a, this.b].filter(Boolean);
  }

  /** Show this alone. The same job again is left as it is, with its camera. */
  async show(what) {
    const isSame = what.job && this.a?.job?.job_id === what.job.job_id && !this.#again;
    this.#stop();
    this.wanted = what;
    if (isSame) {
      this.a.job = what.job;
      await this.closeB();
      this.#hooks.shown(false);
      return;
    }
    this.#again = () => this.show(what);
    await this.#load("a", what);
  }

  /** Stand this beside what is shown; alone where nothing is. */
  async compare(what) {
    if (!this.a) return this.show(what);
    this.#stop();
    this.#again = () => this.compare(what);
    return this.#load("b", what);
  }

  /** Show nothing. */
  clear() {
    this.#stop();
    this.wanted = null;
    return this.#clear();
  }

  /** What failed, once more. */
  retry() {
    return this.#again?.();
  }

  /** Left becomes right. */
  async swap() {
    [this.a, this.b] = [this.b, this.a];
    this.wanted = { job: this.a.job, name: this.a.name };
    await this.#present(false);
  }

  /** End the comparison. */
  async closeB() {
    if (!this.b) return;
    (await this.#viewer()).drop(this.b.subject);
    this.b = null;
    await this.#present(true);
  }

  #stop() {
    this.#abort?.abort();
    this.#abort = null;
    this.#again = null;
  }

  async #load(slot, what) {
    const abort = (this.#abort = new AbortController());
    const tell = (words, percent) => {
      if (!abort.signal.aborted) this.#hooks.loading(words, percent);
    };
    tell("Loading", null);
    try {
      const viewer = await this.#viewer();
      const bytes = await bytesOf(what, abort.signal, tell);
      tell("Unpacking", null);
      const size = bytes.byteLength;
      const subject = await viewer.read(bytes);
      if (abort.signal.aborted) return subject.dispose();
      this.#again = null;
      await this.#replace(slot, { job: what.job ?? null, name: what.name ?? "", subject, bytes: size }, viewer);
    } catch (error) {
      if (abort.signal.aborted) return;
      if (slot === "a") await this.#clear();
      this.#hooks.failed(error);
    }
  }

  async #replace(slot, shown, viewer) {
    const old = slot === "a" ? [this.a, this.b] : [this.b];
    if (slot === "a") this.b = null;
    this[slot] = shown;
    for (const one of old) if (one) viewer.drop(one.subject);
    await this.#present(true);
  }

  /** Nothing is left on the stage. */
  async #clear() {
    const old = this.slots;
    this.a = this.b = null;
    if (old.length === 0) return;
    const viewer = await this.#viewer();
    for (const one of old) viewer.drop(one.subject);
  }

  async #present(isNew) {
    (await this.#viewer()).present(this.slots.map((slot) => slot.subject));
    this.#hooks.shown(isNew);
  }
}
