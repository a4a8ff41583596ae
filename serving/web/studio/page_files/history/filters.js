/** What narrows the list down: words, a state, a feature. */
import { el } from "../dom.js";
import { featureWords } from "../words.js";
import { matchesText, stateWords } from "./words.js";

const STATES = ["queued", "processing", "completed", "failed", "cancelled"];

/** The controls. `changed` is called whenever another choice was made. */
export class Filters {
  #text = el("input", {
    type: "search",
    id: "history-search",
    placeholder: "Search",
    "aria-label": "Search the list",
    autocomplete: "off",
    spellcheck: "false",
  });
  #status = el(
    "select",
    { id: "history-status", "aria-label": "State" },
    el("option", { value: "" }, "All states"),
    ...STATES.map((name) => el("option", { value: name }, stateWords(name))),
  );
  #feature = el(
    "select",
    { id: "history-feature", "aria-label": "What was done" },
    el("option", { value: "" }, "All kinds"),
  );
  #features = new Set();

  constructor(changed) {
    this.element = el(
      "div",
      { class: "history-filters", role: "search", "aria-label": "History" },
      this.#text,
      this.#status,
      this.#feature,
    );
    for (const control of [this.#text, this.#status, this.#feature]) control.addEventListener("input", changed);
  }

  /** Offer the feature of a job. */
  offer({ feature }) {
    if (this.#features.has(feature)) return;
    this.#features.add(feature);
    const option = el("option", { value: feature }, featureWords(feature));
    const after = [...this.#feature.options].slice(1).find((other) => other.textContent > option.textContent);
    this.#feature.insertBefore(option, after ?? null);
  }

  /** What the server can narrow down. */
  get asked() {
    return { status: this.#status.value, feature: this.#feature.value };
  }

  get hasText() {
    return this.#text.value.trim() !== "";
  }

  get isAny() {
    return !this.hasText && !this.#status.value && !this.#feature.value;
  }

  /** Whether a job is among what is looked for. */
  matches(job) {
    const { status, feature } = this.asked;
    if ((status && job.status !== status) || (feature && job.feature !== feature)) return false;
    return !this.hasText || matchesText(job, this.#text.value.trim());
  }
}
