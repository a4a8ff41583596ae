/** The centre pane: what was made, in three dimensions, and what can be done with it. */
import { ApiError } from "../api.js";
import { hear, say } from "../bus.js";
import { asSentence } from "../words.js";
import { makeActions } from "./actions.js";
import { listenToKeys } from "./canvas_keys.js";
import { makeCover } from "./cover.js";
import { makeFacts } from "./facts.js";
import { save } from "./fetching.js";
import { icon } from "./icons.js";
import { fileName, titleOf } from "./job_words.js";
import { layOut } from "./layout.js";
import { MODES } from "./mode_names.js";
import { Panels } from "./panels.js";
import { Showing } from "./showing.js";
import { makeToolbar } from "./toolbar.js";
import { openViewer } from "./opening.js";

const SCREENSHOT_TIMES = 2;
const FIRST_MODE = MODES[0].name;

/** Build the pane in `root` and listen to the bus. `root.dataset.state` is empty, loading, ready or error. */
export function mountViewport(root) {
  const viewport = new Viewport(root);
  hear("show", ({ job }) => viewport.show({ job }));
  hear("preview", ({ url, name }) => viewport.show({ url, name }));
  hear("compare", ({ job }) => viewport.showing.compare({ job }));
  hear("theme-changed", () => viewport.paint());
  hear("connection", ({ state }) => state !== "offline" && viewport.reached());
  hear("deleted", ({ job_id: jobId }) => viewport.gone(jobId));
  hear("key-changed", () => {
    viewport.clear();
    viewport.actions.closeShare();
    viewport.actions.load();
  });
}

class Viewport {
  constructor(root) {
    this.root = root;
    this.facts = [makeFacts(), makeFacts()];
    this.cover = makeCover(() => this.showing.retry());
    this.toolbar = makeToolbar({ chosen: (name) => this.setMode(name), used: (name) => this.use(name) });
    this.actions = makeActions(() => this.showing.wanted?.job ?? null);
    this.parts = layOut(root, {
      actions: this.actions.elements,
      facts: this.facts.map((one) => one.element),
      cover: this.cover.element,
      toolbar: this.toolbar.element,
    });
    this.panels = new Panels(this.parts.panel, {
      changed: () => this.redraw(),
      resurfaced: () => this.#viewer?.refresh(),
    });
    this.showing = new Showing(() => this.#ready(), {
      loading: (words, percent) => this.#loading(words, percent),
      failed: (error) => this.#failed(error),
      shown: (isNew) => this.#shown(isNew),
    });
    this.#listen();
    this.toolbar.press(FIRST_MODE);
    this.#setState("empty");
    this.cover.empty();
  }

  #viewer = null;
  #opening = null;
  #mode = FIRST_MODE;
  #playing = false;
  #wasUnreached = false;

  /** Show a job's model, or a file: {job} or {url, name}. */
  show(what) {
    const shown = this.showing.show(what);
    this.actions.show(what.job ?? null);
    return shown;
  }

  /** Show nothing, and nothing of what was shown. `title` says why, where it is not that there was nothing yet. */
  clear(title) {
    const cleared = this.showing.clear();
    this.actions.show(null);
    this.#empty();
    this.#setState("empty");
    this.cover.empty(title);
    return cleared;
  }

  /** The server can be reached again: what failed for that alone is tried once more. */
  reached() {
    if (this.#wasUnreached) this.showing.retry();
  }

  /** A job was deleted. */
  gone(jobId) {
    const { wanted, b } = this.showing;
    this.actions.closeShare(jobId);
    if (wanted?.job?.job_id === jobId) this.clear("This result was deleted");
    else if (b?.job?.job_id === jobId) this.showing.closeB();
  }

  /** Take the colours of the page. */
  paint() {
    this.#viewer?.stage.paint();
  }

  /** Draw again, and say which parts are hidden. */
  redraw() {
    this.#viewer.stage.invalidate();
    const parts = this.showing.slots.flatMap((slot) => slot.subject.parts);
    const hidden = parts.filter((part) => part.hidden).length;
    this.parts.showAll.hidden = hidden === 0;
    this.parts.showAll.textContent = `${parts.length - hidden} of ${parts.length} parts are shown · show all`;
  }

  /** Look in another way, unless there is nothing to see in it. */
  setMode(name) {
    const why = name === "skeleton" ? this.#noSkeleton() : "";
    if (why) {
      this.#note(why);
      return;
    }
    this.#mode = this.root.dataset.mode = name;
    this.toolbar.press(name);
    if (!this.#viewer) return;
    this.panels.show(this.showing.slots, name);
    this.#note(this.#viewer.setMode(name));
    say("announce", { text: MODES.find((mode) => mode.name === name).label });
  }

  /** A tool of the bar, by its name. */
  use(name) {
    const stage = this.#viewer?.stage;
    if (!stage || this.showing.slots.length === 0) return;
    if (name === "frame") stage.frame();
    else if (name === "grid") this.#toggleGrid(stage);
    else if (name === "screenshot") this.#screenshot(stage);
    else {
      this.panels.showAll();
      stage.home();
    }
  }

  /** The Viewer, made when it is first needed. Throws Error with a sentence where there can be none. */
  async #ready() {
    this.#opening ??= openViewer(this.parts.canvas, {
      picked: (what) => this.panels.pick(what),
      lost: () => this.#lost(),
      restored: () => this.#restored(),
    });
    try {
      this.#viewer = await this.#opening;
    } catch (error) {
      this.#opening = null;
      throw error;
    }
    return this.#viewer;
  }

  #listen() {
    const { canvas, swap, close, play, showAll } = this.parts;
    listenToKeys(this.root, canvas, {
      stage: () => (this.showing.slots.length > 0 ? this.#viewer?.stage : null),
      chosen: (name) => this.setMode(name),
      used: (name) => this.use(name),
      escaped: () => {
        if (!this.parts.showAll.hidden) this.panels.showAll();
      },
    });
    swap.addEventListener("click", async () => {
      await this.showing.swap();
      say("swapped", { job: this.showing.a?.job ?? null });
    });
    close.addEventListener("click", () => this.showing.closeB());
    showAll.addEventListener("click", () => this.panels.showAll());
    play.addEventListener("click", () => this.#play(!this.#playing));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.paint());
  }

  #setState(state) {
    this.root.dataset.state = state;
    this.root.setAttribute("aria-busy", String(state === "loading"));
  }

  #loading(words, percent) {
    this.#setState("loading");
    this.cover.loading(words, percent);
  }

  #failed(error) {
    const isKnown = error instanceof ApiError;
    this.#wasUnreached = isKnown && error.status === 0;
    if (isKnown && error.status === 401) say("key-needed");
    if (this.showing.slots.length === 0) this.#empty();
    this.#setState("error");
    this.cover.failed(asSentence(error.message), isKnown);
  }

  #empty() {
    for (const one of this.facts) one.show(null);
    this.panels.show([], this.#mode);
    this.root.dataset.compare = "false";
    this.parts.canvas.setAttribute("aria-label", "3D view, empty");
    this.parts.showAll.hidden = this.parts.play.hidden = this.parts.note.hidden = true;
    this.parts.compare.hidden = this.parts.divider.hidden = true;
    this.parts.grid.textContent = "";
  }

  #shown(isNew) {
    const { slots } = this.showing;
    if (slots.length === 0) return; // cleared meanwhile
    const two = slots.length > 1;
    this.facts.forEach((one, n) => one.show(slots[n] ? { ...slots[n], letter: two ? "AB"[n] : "" } : null));
    this.root.dataset.compare = String(two);
    if (isNew) {
      this.#viewer.stage.covered_px = this.#covered_px();
      this.#viewer.stage.home();
      this.#play(false);
    }
    this.parts.compare.hidden = this.parts.divider.hidden = !two;
    this.parts.play.hidden = slots.every((slot) => slot.subject.clips.length === 0);
    this.parts.grid.textContent = `Grid ${this.#viewer.gridWords}`;
    const names = slots.map((slot) => (slot.job ? titleOf(slot.job) : slot.name));
    this.parts.canvas.setAttribute("aria-label", `3D view of ${names.join(" and ")}`);
    this.actions.show(slots[0].job);
    this.toolbar.lock("skeleton", this.#noSkeleton());
    this.cover.hide();
    this.setMode(this.#isIdle(isNew) ? FIRST_MODE : this.#mode);
    this.redraw();
    this.#setState("ready");
    say("announce", { text: `${names.join(" beside ")} can be seen` });
  }

  /** Whether the mode has nothing to show: bones of none, or of a result just opened the one part that it has. */
  #isIdle(isNew) {
    if (this.#mode === "skeleton") return this.#noSkeleton() !== "";
    return this.#mode === "parts" && isNew && this.showing.slots.every((slot) => slot.subject.parts.length < 2);
  }

  /** How much of the picture the facts lie over, while they are closed. */
  #covered_px() {
    const { corners } = this.parts;
    return corners.offsetTop + corners.offsetHeight;
  }

  #noSkeleton() {
    const { slots } = this.showing;
    return slots.length > 0 && slots.every((slot) => !slot.subject.bones)
      ? "This model has no skeleton; “Rig” makes one."
      : "";
  }

  #note(text) {
    this.parts.note.textContent = text;
    this.parts.note.hidden = !text;
    if (text) say("announce", { text });
  }

  #toggleGrid(stage) {
    const on = !stage.ground.object.visible;
    stage.ground.object.visible = on;
    this.parts.grid.hidden = !on;
    this.toolbar.setGrid(on);
    stage.invalidate();
  }

  async #screenshot(stage) {
    const slot = this.showing.a;
    const name = slot.job ? fileName(slot.job, "png") : `${slot.name.replace(/\.\w+$/, "") || "view"}.png`;
    save(await stage.picture(SCREENSHOT_TIMES), name);
    say("announce", { text: `The picture is saved as ${name}` });
  }

  #play(on) {
    this.#playing = on;
    for (const { subject } of this.showing.slots) if (subject.mixer) this.#viewer.play(subject, on);
    this.parts.play.replaceChildren(icon(on ? "pause" : "play"), on ? "Pause" : "Play animation");
  }

  #lost() {
    this.#setState("loading");
    this.cover.loading("The graphics card was taken away; the picture comes back by itself", null);
  }

  #restored() {
    this.cover.hide();
    this.#setState(this.showing.a ? "ready" : "empty");
    if (!this.showing.a) this.cover.empty();
  }
}
