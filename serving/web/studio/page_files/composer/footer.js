/** The foot of the pane: what went wrong, the button, and the request as code. It stays in sight. */
import { say } from "../bus.js";
import { el, fill } from "../dom.js";

/** `on` are what the buttons do: {generate(), code(language), example()}. */
export class Footer {
  isSending = false;

  constructor(on) {
    this.problems = el("div", { class: "composer-problems", role: "alert", id: "composer-problems" });
    this.warnings = el("div", { class: "composer-warnings", role: "status" });
    this.button = button("Generate", () => on.generate(), { class: "primary", id: "generate" });
    this.example = button("Try an example", () => on.example(), { id: "try-example" });
    const codes = el(
      "div",
      { class: "composer-codes small" },
      button("Copy as curl", () => on.code("curl"), { class: "quiet small" }),
      button("Copy as Python", () => on.code("python"), { class: "quiet small" }),
    );
    this.element = el(
      "div",
      { class: "composer-foot" },
      this.problems,
      this.warnings,
      el("div", { class: "composer-go" }, this.button, this.example),
      codes,
    );
  }

  /** What the button says that it does. */
  action(words) {
    this.words = words;
    this.#draw();
  }

  /** While it sends, and only then, it cannot be pressed again. */
  sending(isSending) {
    this.isSending = isSending;
    if (isSending) fill(this.warnings);
    this.#draw();
  }

  offerExample(isOffered) {
    this.example.hidden = !isOffered;
  }

  /** Sentences on what went wrong; none clears them. */
  tell(sentences) {
    fill(this.problems, ...sentences.map((text) => el("p", {}, text)));
  }

  /** A job was made of it. */
  accepted(answer) {
    const warnings = (answer.warnings ?? []).map((warning) => warning.message ?? String(warning));
    fill(this.warnings, ...warnings.map((text) => el("p", {}, text)));
    say("announce", { text: "The job is queued" });
  }

  #draw() {
    this.button.disabled = this.isSending;
    this.button.textContent = this.isSending ? "Sending …" : this.words;
  }
}

function button(words, onclick, more) {
  return el("button", { type: "button", onclick, ...more }, words);
}
