/** One input of the form: empty, it asks for a file; filled, it shows what it holds. */
import { say } from "../bus.js";
import { el, fill } from "../dom.js";
import { featureWords, size } from "../words.js";
import { capital } from "./wording.js";

const ACCEPT_ALSO = { image: ["image/*"], mesh: [] };

/**
 * The card of an input. `places` are the inputs that a picture may be moved to, [{name, words}], itself among them.
 * {element, showProblem(text), focus()}
 */
export class SlotCard {
  constructor(slot, { words, isBig, several, places, inputs, intake, formats }) {
    Object.assign(this, { slot, words, isBig, several, places, inputs, intake, formats });
    this.problem = el("p", { class: "problem small", id: `slot-${slot.name}-problem`, hidden: true });
    this.chooser = this.#makeChooser();
    this.body = el("div", { class: "slot-body" });
    this.element = el(
      "div",
      {
        class: "slot",
        role: "group",
        "aria-label": words,
        dataset: { slot: slot.name, size: isBig ? "big" : "small" },
      },
      this.body,
      this.chooser,
      this.problem,
    );
    this.draw();
  }

  /** Show what the input holds now. */
  draw() {
    this.held?.removeEventListener("change", this.onHeld);
    this.held = this.inputs.get(this.slot.name);
    this.onHeld = () => this.#progress();
    this.held?.addEventListener("change", this.onHeld);
    this.element.toggleAttribute("data-filled", Boolean(this.held));
    fill(this.body, ...(this.held ? this.#filled() : this.#empty()));
    this.showProblem("");
    if (this.held) this.#progress();
  }

  showProblem(text) {
    this.problem.textContent = text;
    this.problem.hidden = !text;
    this.element.toggleAttribute("data-wrong", Boolean(text));
    this.body.querySelector(".slot-choose")?.setAttribute("aria-invalid", String(Boolean(text)));
  }

  focus() {
    this.element.closest("details")?.setAttribute("open", "");
    (this.body.querySelector(".slot-choose, select") ?? this.body.querySelector("button"))?.focus();
  }

  #makeChooser() {
    const endings = this.formats[this.slot.kind].map((ending) => `.${ending}`);
    const chooser = el("input", {
      type: "file",
      hidden: true,
      multiple: this.several,
      accept: [...ACCEPT_ALSO[this.slot.kind], ...endings].join(),
    });
    chooser.addEventListener("change", async () => {
      const files = [...chooser.files];
      chooser.value = ""; // the same file may be chosen again
      await this.intake.take(files, { slot: this.slot.name });
      this.focus();
    });
    return chooser;
  }

  #empty() {
    const what = this.slot.kind === "mesh" ? "a mesh" : this.several ? "pictures" : "a picture";
    const choose = el(
      "button",
      {
        type: "button",
        class: "slot-choose",
        "aria-describedby": `slot-${this.slot.name}-help ${this.problem.id}`,
        "aria-label": this.isBig ? null : `Choose ${what}: ${this.words}`,
      },
      this.isBig ? `Choose ${what}` : "+",
    );
    choose.addEventListener("click", () => this.chooser.click());
    const help = el("span", { class: "soft small", id: `slot-${this.slot.name}-help` }, this.#help());
    const name = el("span", { class: "slot-name" }, this.words);
    if (!this.isBig)
      return [el("div", { class: "slot-frame" }, choose), el("div", { class: "slot-facts" }, name, help)];
    const invitation = this.slot.kind === "mesh" ? "Drop a mesh here, or" : "Drop or paste a picture here, or";
    return [name, el("div", { class: "slot-frame" }, el("span", { class: "soft" }, invitation), choose), help];
  }

  #help() {
    if (this.slot.kind === "mesh" && this.isBig)
      return `${this.slot.description}. A result from the history will do, too.`;
    if (this.several) return "More pictures at once are taken as further views.";
    return capital(this.slot.description);
  }

  #filled() {
    const { held } = this;
    const remove = el(
      "button",
      { type: "button", class: "quiet slot-remove", "aria-label": `Remove ${held.name}` },
      "×",
    );
    remove.addEventListener("click", () => {
      this.inputs.remove(this.slot.name);
      say("announce", { text: `${held.name} is removed` });
      this.focus();
    });
    this.picture = el("div", { class: "slot-frame" });
    this.state = el("span", { class: "soft small slot-state" });
    this.bar = el("progress", { max: "1", "aria-label": `Upload of ${held.name}`, hidden: true });
    const title = el("span", { class: "slot-file", title: held.name, dir: "auto" }, held.name);
    const mover = this.places.length > 1 && this.#mover();
    const facts = el("div", { class: "slot-facts" }, title, this.state, this.#noPreview(), mover);
    const row = el("div", { class: "slot-row" }, facts, remove);
    return [this.isBig && el("span", { class: "slot-name" }, this.words), this.picture, row, this.bar];
  }

  /** The view shows GLB alone. */
  #noPreview() {
    const { kind, file, name } = this.held;
    const ending = name.split(".").pop().toUpperCase();
    if (kind !== "mesh" || !file || ending === "GLB") return null;
    return el("span", { class: "soft small" }, `No preview of ${ending}; it is shown once it is converted.`);
  }

  #mover() {
    const select = el("select", { class: "slot-view small", "aria-label": `View of ${this.held.name}` });
    const isHere = (name) => name === this.slot.name;
    select.append(
      ...this.places.map(({ name, words }) => el("option", { value: name, selected: isHere(name) }, words)),
    );
    select.addEventListener("change", () => {
      const to = this.places.find((place) => place.name === select.value);
      say("announce", { text: `${this.held.name} is ${to.words} now` });
      this.inputs.swap(this.slot.name, to.name);
      this.element
        .getRootNode()
        .querySelector(`[data-slot="${CSS.escape(to.name)}"] select`)
        ?.focus();
    });
    return select;
  }

  #progress() {
    const { held } = this;
    const isSending = held.state === "sending";
    this.bar.hidden = !isSending;
    if (isSending) this.bar.value = held.share;
    fill(this.picture, this.#preview());
    const sending = `sending ${Math.round(held.share * 100)} %`;
    const told = { waiting: "", sending, done: held.job ? featureWords(held.job.feature) : "sent", failed: "not sent" }[
      held.state
    ];
    this.state.textContent = [held.size_bytes && size(held.size_bytes), told].filter(Boolean).join(" · ");
    this.element.dataset.state = held.state;
    if (held.state === "failed") this.showProblem(held.problem);
    else if (held.state === "done") this.showProblem("");
  }

  #preview() {
    const { held } = this;
    const shown = this.picture.firstElementChild;
    if (shown?.src === held.url && held.url) return shown;
    const isPicture = held.kind === "image" || (held.job && held.url);
    if (!isPicture) return el("span", { class: "slot-glyph soft", "aria-hidden": "true" }, "◇");
    const alt = held.kind === "image" ? `${this.words}: ${held.name}` : `Picture of ${held.name}`;
    const picture = el("img", { src: held.url, alt });
    picture.addEventListener("error", () => picture.replaceWith(el("span", { class: "soft small" }, "no preview")));
    return picture;
  }
}
