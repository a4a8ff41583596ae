/** One job as a card: made once, then changed in place, so that focus and open details stay where they are. */
import { el, fill } from "../dom.js";
import { asSentence, count } from "../words.js";
import { hasEnded } from "./jobs.js";
import { showPicture } from "./picture.js";
import * as words from "./words.js";

const BUTTONS = {
  open: "Open",
  compare: "Compare",
  use: "Use as input",
  cancel: "Cancel",
  retry: "Retry",
  remove: "Delete",
};

/** A card in a list. `act(name, job)` is called for its buttons, by the names above; it may answer a promise. */
export class Card {
  #job;
  #act;
  #parts = {};
  #buttons = {};
  #heardMs = 0;
  #busy = "";

  constructor(job, act) {
    this.#act = act;
    this.element = this.#build(job);
    this.update(job);
  }

  get job() {
    return this.#job;
  }

  /** Show a newer status. */
  update(job) {
    this.#job = job;
    this.#heardMs = performance.now();
    this.element.dataset.state = job.status;
    this.element.classList.toggle("has-picture", Boolean(job.thumbnail_url));
    const { title, facts, state, time } = this.#parts;
    title.textContent = words.titleOf(job);
    facts.textContent = words.factsOf(job);
    state.textContent = words.stateWords(job.status);
    time.dateTime = job.created_at;
    time.textContent = words.momentWords(job.created_at);
    this.#parts.took.textContent = words.tookWords(job);
    showPicture(this.#parts.picture, job.thumbnail_url);
    this.#showError();
    this.#showWarnings();
    this.tick();
    this.#showButtons();
  }

  /** Show what changes with time alone. */
  tick() {
    const { place, run, bar, fill: filled, stage, share } = this.#parts;
    const job = this.#job;
    place.hidden = job.status !== "queued";
    run.hidden = job.status !== "processing";
    if (hasEnded(job)) return;
    const passedS = (performance.now() - this.#heardMs) / 1000;
    const etaSeconds = job.eta_seconds === null ? null : Math.max(0, job.eta_seconds - passedS);
    setText(place, words.placeWords(job, etaSeconds));
    setText(stage, words.stageWords(job));
    setText(share, words.progressWords(job, etaSeconds));
    filled.style.width = `${job.progress}%`;
    bar.setAttribute("aria-valuenow", String(Math.floor(job.progress)));
    bar.setAttribute("aria-valuetext", `${words.stageWords(job)}, ${words.progressWords(job, etaSeconds)}`);
  }

  /** Say whether this is the result in the view, and whether there is one that it can stand beside. */
  mark({ isShown, isComparable }) {
    if (isShown) this.element.setAttribute("aria-current", "true");
    else this.element.removeAttribute("aria-current");
    this.isComparable = isComparable && !isShown;
    this.#showButtons();
  }

  #build(job) {
    const id = `job-${job.job_id}`;
    const parts = (this.#parts = {
      picture: el("div", { class: "job-picture", onclick: () => this.#job.status === "completed" && this.#do("open") }),
      title: el("h3", { class: "job-title", id, dir: "auto" }),
      facts: el("p", { class: "job-facts soft small" }),
      state: el("span", { class: "job-state small" }),
      time: el("time", { class: "soft small" }),
      took: el("span", { class: "soft small" }),
      place: el("p", { class: "job-place small" }),
      fill: el("div", { class: "job-fill" }),
      stage: el("span", {}),
      share: el("span", { class: "soft" }),
      error: el("p", { class: "job-error small" }),
      advice: el("p", { class: "job-advice small soft" }),
      code: el("code", { class: "small soft" }),
      warned: el("summary", {}),
      warnings: el("ul", {}),
    });
    parts.bar = el(
      "div",
      { class: "job-bar", role: "progressbar", "aria-labelledby": id, "aria-valuemin": 0, "aria-valuemax": 100 },
      parts.fill,
    );
    parts.run = el(
      "div",
      { class: "job-run small" },
      parts.bar,
      el("p", { class: "job-stage" }, parts.stage, parts.share),
    );
    parts.failure = el("div", { class: "job-failure" }, parts.error, parts.advice, parts.code);
    parts.details = el("details", { class: "job-warnings small" }, parts.warned, parts.warnings);
    return el(
      "li",
      { class: "job", dataset: { jobId: job.job_id }, tabindex: "-1", "aria-labelledby": id },
      parts.picture,
      el(
        "div",
        { class: "job-head" },
        parts.title,
        parts.facts,
        el("p", { class: "job-when" }, parts.state, parts.took, parts.time),
      ),
      el("div", { class: "job-body" }, parts.place, parts.run, parts.failure, parts.details),
      el("div", { class: "job-actions" }, ...this.#makeButtons(id)),
    );
  }

  #makeButtons(id) {
    return Object.entries(BUTTONS).map(([name, text]) => {
      const button = el(
        "button",
        { type: "button", id: `${id}-${name}`, dataset: { act: name }, "aria-labelledby": `${id}-${name} ${id}` },
        name === "remove" ? el("span", { class: "unseen" }, text) : text, // shown as a bin
      );
      if (name === "remove") button.title = text;
      button.addEventListener("click", () => this.#do(name));
      this.#buttons[name] = button;
      return button;
    });
  }

  /** At most one thing at a time; the button says at once that it was heard. */
  async #do(name) {
    if (this.#busy) return;
    this.#busy = name;
    this.#showButtons();
    try {
      await this.#act(name, this.#job);
    } finally {
      this.#busy = "";
      this.#showButtons();
    }
  }

  #showError() {
    const { failure, error, advice, code } = this.#parts;
    failure.hidden = this.#job.status !== "failed";
    if (failure.hidden) return;
    setText(error, asSentence(this.#job.error));
    setText(advice, words.adviceOf(this.#job));
    setText(code, this.#job.error_code ?? "");
  }

  #showWarnings() {
    const { details, warned, warnings } = this.#parts;
    const rows = this.#job.warnings;
    details.hidden = rows.length === 0;
    setText(warned, rows.length === 1 ? "1 warning" : `${count(rows.length)} warnings`);
    if (warnings.children.length !== rows.length) {
      fill(
        warnings,
        ...rows.map((row) => el("li", {}, asSentence(row.message), " ", el("code", { class: "soft" }, row.code))),
      );
    }
  }

  #showButtons() {
    const { status, mesh_url: mesh } = this.#job;
    const isDone = status === "completed" && Boolean(mesh);
    const isThere = {
      open: isDone,
      compare: isDone && this.isComparable,
      use: isDone,
      cancel: !hasEnded(this.#job),
      retry: status === "failed" || status === "cancelled",
      remove: hasEnded(this.#job),
    };
    const focused = document.activeElement;
    for (const [name, button] of Object.entries(this.#buttons)) {
      button.hidden = !isThere[name];
      // Not disabled: a button that loses focus while it works would throw a keyboard's user to the top.
      button.setAttribute("aria-disabled", String(Boolean(this.#busy)));
      button.classList.toggle("is-busy", this.#busy === name);
    }
    setText(this.#buttons.cancel, this.#busy === "cancel" ? "Cancelling…" : BUTTONS.cancel);
    if (focused?.hidden && this.element.contains(focused)) this.focus();
  }

  /** Put the focus on the button of that name, or else on its first. */
  focus(name = "") {
    const there = Object.values(this.#buttons).filter((button) => !button.hidden);
    (there.find((button) => button.dataset.act === name) ?? there[0] ?? this.element).focus();
  }
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
