/** A field of the form: label, control, help and what is wrong with it, tied together for those who listen to the page. */
import { el } from "../dom.js";
import { controlFor } from "./controls.js";
import { same } from "./schema.js";
import { capital, labelWords } from "./wording.js";

/** `key` is the field's name in a request: "seed", or "model_parameters.depth_scale" for an option of the model. */
export class Field {
  /** `onchange(field)` is called when the user changed it. `label` and `help` stand in for the schema's words. */
  constructor(
    key,
    facts,
    onchange,
    { long = false, label = labelWords(facts.name), help = capital(facts.description) } = {},
  ) {
    const id = `field-${key.replaceAll(/[^\w-]/g, "-")}`;
    Object.assign(this, { key, facts, baseline: facts.fallback });
    this.control = controlFor(facts, id, long);
    this.input = this.control.input;
    this.problem = el("p", { class: "problem small", id: `${id}-problem`, hidden: true });
    const helped = help && el("p", { class: "soft small help", id: `${id}-help` }, help);
    this.input.setAttribute("aria-describedby", helped ? `${id}-help ${id}-problem` : `${id}-problem`);
    if (facts.required) this.input.setAttribute("aria-required", "true");
    const named = el("label", { for: id }, label);
    const isBox = this.input.type === "checkbox";
    const parts = isBox ? [this.control.node, named] : [named, this.control.node];
    this.row = el("div", { class: isBox ? "field-row field-check" : "field-row" }, ...parts);
    this.element = el("div", { class: "field", dataset: { field: key } }, this.row, helped || null, this.problem);
    this.input.addEventListener("input", () => {
      this.showProblem("");
      onchange(this);
    });
    this.input.addEventListener("change", () => this.#settle());
    this.write(this.baseline);
  }

  /** {value}, or {problem} in words. */
  read() {
    return this.control.read();
  }

  write(value) {
    this.control.write(value);
  }

  /** What the field has when nobody touches it: the schema's default, or a preset's. */
  setBaseline(value) {
    const { value: now } = this.read();
    if (same(now, this.baseline)) this.write(value);
    this.baseline = value;
  }

  /** Whether it has a value of its own. */
  isChanged() {
    const { value, problem } = this.read();
    return Boolean(problem) || !same(value ?? null, this.baseline ?? (this.facts.kind === "text" ? "" : null));
  }

  reset() {
    this.write(this.baseline);
    this.showProblem("");
  }

  showProblem(text) {
    this.problem.textContent = text;
    this.problem.hidden = !text;
    if (text) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
  }

  focus() {
    this.element.closest("details")?.setAttribute("open", "");
    this.input.focus();
  }

  /** When it is left: an empty number that must be one is its default again, and what is wrong is said. */
  #settle() {
    if (
      this.input.type === "number" &&
      this.input.value === "" &&
      !this.input.validity.badInput &&
      !this.facts.nullable
    ) {
      this.write(this.baseline);
    }
    this.showProblem(this.read().problem ?? "");
  }
}
