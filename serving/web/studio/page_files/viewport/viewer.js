/** All that needs three.js, behind one object: the page loads this file when there is the first thing to show. */
import { parseGlb } from "./glb_file.js";
import { stepWords } from "./grid.js";
import { applyMode } from "./modes.js";
import { boneAt, partAt } from "./pick.js";
import { Stage } from "./stage.js";
import { Subject } from "./subject.js";

const CLICK_PX = 5;

/** Shows models. Hooks: picked({subject, part, bone}), lost(), restored(), drawn(memory). */
export class Viewer {
  constructor(canvas, context, colours, hooks) {
    this.stage = new Stage(canvas, context, colours);
    this.mode = "shaded";
    this.#hooks = hooks;
    this.#listen(canvas);
    this.stage.beforeDraw = (seconds) => this.#advance(seconds);
    this.stage.afterDraw = () => hooks.drawn(this.stage.renderer.info);
  }

  #hooks;
  #playing = new Set();

  /** The step of the grid: "10 cm". */
  get gridWords() {
    return stepWords(this.stage.ground.step_m);
  }

  /** A model of the bytes of a GLB, not yet shown. Throws Error with a sentence for people. */
  async read(bytes) {
    const subject = new Subject(await parseGlb(bytes));
    const refusal = subject.whatIsWrong();
    if (!refusal) return subject;
    subject.dispose();
    throw new Error(refusal);
  }

  /** Show these, from left to right. Answers what the mode cannot show, as a sentence, or "". */
  present(subjects) {
    this.stage.subjects = subjects;
    return this.setMode(this.mode);
  }

  /** Look in another way. Answers what cannot be shown so, as a sentence, or "". */
  setMode(mode) {
    this.mode = mode;
    const said = this.stage.subjects.map((subject) => applyMode(subject, mode));
    this.stage.invalidate();
    return said.find((sentence) => sentence) ?? "";
  }

  /** The materials again, after a bone was chosen for example. */
  refresh() {
    this.setMode(this.mode);
  }

  /** Play or stop a model's animations. */
  play(subject, on) {
    subject.play(on);
    if (on) this.#playing.add(subject);
    else this.#playing.delete(subject);
    this.stage.invalidate();
  }

  /** Let go of a model for good. */
  drop(subject) {
    this.#playing.delete(subject);
    this.stage.subjects = this.stage.subjects.filter((one) => one !== subject);
    subject.dispose();
  }

  #advance(seconds) {
    for (const subject of this.#playing) {
      subject.mixer.update(seconds);
      subject.bones?.moved();
    }
    return this.#playing.size > 0;
  }

  #listen(canvas) {
    let down = null;
    canvas.addEventListener("pointerdown", (event) => {
      down = [event.offsetX, event.offsetY];
    });
    canvas.addEventListener("pointerup", (event) => {
      const moved = down ? Math.hypot(event.offsetX - down[0], event.offsetY - down[1]) : Infinity;
      down = null;
      if (moved < CLICK_PX) this.#pick(event.offsetX, event.offsetY);
    });
    canvas.addEventListener("webglcontextlost", () => {
      this.stage.release();
      this.#hooks.lost();
    });
    canvas.addEventListener("webglcontextrestored", () => {
      this.stage.renewLight();
      this.#hooks.restored();
    });
  }

  #pick(x_px, y_px) {
    const { subjects, camera } = this.stage;
    if (this.mode !== "parts" && this.mode !== "skeleton") return;
    const [width, height] = this.stage.halfSize();
    const subject = subjects[Math.min(Math.floor(x_px / width), subjects.length - 1)];
    if (!subject) return;
    const x = ((x_px % width) / width) * 2 - 1;
    const y = 1 - (y_px / height) * 2;
    const part = this.mode === "parts" ? partAt(subject, camera, x, y) : -1;
    const bone = this.mode === "skeleton" && subject.bones ? boneAt(subject, camera, x, y, [width, height]) : -1;
    if (part >= 0 || bone >= 0) this.#hooks.picked({ subject, part, bone });
  }
}
