/** The field of the seed, with a dice, and a lock: unlocked, every job gets a new one. */
import { say } from "../bus.js";
import { el } from "../dom.js";
import { Field } from "./field.js";

/** A Field named seed. `settings.seedLocked` is where the lock is remembered. */
export class SeedField extends Field {
  constructor(facts, onchange, settings) {
    super("seed", facts, onchange);
    this.settings = settings;
    this.onchange = onchange;
    this.lock = el("button", { type: "button" }, "Lock");
    this.lock.addEventListener("click", () => {
      settings.seedLocked = !settings.seedLocked;
      this.#tellLock();
      onchange(this);
      say("announce", { text: settings.seedLocked ? "The seed stays" : "Every job gets a new seed" });
    });
    const dice = el("button", { type: "button", "aria-label": "Draw a new seed", title: "Draw a new seed" }, "⚄");
    dice.addEventListener("click", () => this.roll());
    const tools = el("div", { class: "with-buttons" });
    this.control.node.replaceWith(tools);
    tools.append(this.control.node, dice, this.lock);
    this.#tellLock();
  }

  /** Another seed. */
  roll() {
    const [drawn] = crypto.getRandomValues(new Uint32Array(1));
    const least = this.facts.minimum ?? 0;
    const most = Math.min(this.facts.maximum ?? 2 ** 31 - 1, Number.MAX_SAFE_INTEGER);
    this.write(least + (drawn % (most - least + 1)));
    this.showProblem("");
    this.onchange(this);
  }

  /** After a job: another seed for the next, unless it is locked. */
  afterSubmit() {
    if (!this.settings.seedLocked) this.roll();
  }

  #tellLock() {
    this.lock.setAttribute("aria-pressed", String(this.settings.seedLocked));
    this.lock.title = this.settings.seedLocked ? "The seed stays for the next job" : "The next job gets a new seed";
  }
}
