/** What a request sets beside its inputs: prompts, preset, style, and every other field of the two schemas. */
import { el } from "../dom.js";
import { sentence } from "../words.js";
import { choiceRow } from "./choice_row.js";
import { Field } from "./field.js";
import { fieldsOf, fits } from "./schema.js";
import { SeedField } from "./seed.js";

const PROMPTS = {
  text_prompt: { long: true, label: "Prompt" },
  texture_prompt: { long: true, label: "Surface (optional)" },
};
// So few fields are what the feature is about: they stand open.
const FEW = 3;
const OPTIONS = "model_parameters";

/**
 * Made for one feature and model; `settings` is the memory of the feature, changed in place, then `keep()` is called.
 * {prompts, quick, advanced: elements; collect(), fields}
 */
export class SettingsForm {
  constructor({ schemas, modelId, presets, styles, settings, keep }) {
    Object.assign(this, { modelId, presets, styles, settings, keep });
    const params = fieldsOf(schemas.parameters);
    this.fields = new Map();
    this.prompts = params.filter((facts) => facts.name in PROMPTS).map((facts) => this.#add(this.#prompt(facts)));
    const rest = params.filter((facts) => !(facts.name in PROMPTS) && !this.#isStyle(facts));
    // Whatever else is to be drawn and the like: yes or no stands behind what shapes the mesh.
    rest.sort((a, b) => (a.kind === "boolean") - (b.kind === "boolean"));
    const plain = rest.map((facts) => this.#add(this.#param(facts)));
    const options = fieldsOf(schemas.model_parameters).map((facts) => this.#add(this.#option(facts)));
    this.quick = [this.#presetRow(params), this.#styleRow(params.find((facts) => this.#isStyle(facts)))].filter(
      Boolean,
    );
    this.advanced = this.#fold(plain, options);
    this.#usePreset(false);
    this.#recall();
    this.#tellChanged();
  }

  /** The first prompt; undefined where the feature has none. */
  get prompt() {
    return this.prompts[0];
  }

  /** What the server calls the format of the result: "" where the feature does not say. */
  get format() {
    return String(this.fields.get("output_format")?.read().value ?? "");
  }

  /** {fields: what differs from the defaults, problems: [{key, text}]} */
  collect() {
    const fields = {};
    const options = {};
    const problems = [];
    if (this.preset?.value) fields.preset = this.preset.value;
    for (const [key, field] of this.fields) {
      const { value, problem } = field.read();
      if (problem) problems.push({ key, text: problem });
      else if (field.facts.required && (value === "" || value === null)) problems.push({ key, text: missing(field) });
      else if (field.isChanged()) put(key, value, fields, options);
    }
    if (this.style && this.style.value !== this.styleFallback) fields.style = this.style.value;
    if (Object.keys(options).length) fields[OPTIONS] = options;
    return { fields, problems };
  }

  /** The field, or row of choices, of a name in a request. */
  control(key) {
    return { preset: this.preset, style: this.style }[key] ?? this.fields.get(key);
  }

  #add(field) {
    this.fields.set(field.key, field);
    return field;
  }

  #prompt(facts) {
    return new Field(facts.name, facts, (field) => this.#changed(field), PROMPTS[facts.name]);
  }

  #param(facts) {
    const onchange = (field) => this.#changed(field);
    const isSeed = facts.name === "seed" && facts.kind === "integer";
    return isSeed ? new SeedField(facts, onchange, this.settings) : new Field(facts.name, facts, onchange);
  }

  #option(facts) {
    return new Field(`${OPTIONS}.${facts.name}`, facts, (field) => this.#changed(field));
  }

  #isStyle(facts) {
    return facts.name === "style" && facts.kind === "choice";
  }

  #presetRow(params) {
    const known = params.map((facts) => facts.name);
    this.presetFields = Object.keys(Object.values(this.presets)[0] ?? {}).filter((name) => known.includes(name));
    if (!this.presetFields.length) return null;
    const rows = Object.entries(this.presets).map(([value, row]) => ({
      value,
      words: sentence(value),
      help: row.description,
    }));
    const options = [{ value: "", words: "Standard", help: "" }, ...rows];
    const value = options.some((option) => option.value === this.settings.preset) ? this.settings.preset : "";
    this.preset = choiceRow({
      legend: "Quality",
      name: "preset",
      options,
      value,
      onchange: () => this.#usePreset(true),
    });
    return this.preset.element;
  }

  #styleRow(facts) {
    if (!facts) return null;
    this.styleFallback = facts.fallback;
    const kept = this.settings.params.style;
    this.style = choiceRow({
      legend: "Style",
      name: "style",
      options: facts.choices.map((value) => ({ value, words: sentence(value), help: this.styles?.[value] ?? "" })),
      value: fits(facts, kept) ? kept : facts.fallback,
      onchange: (value) => {
        this.settings.params.style = value;
        this.keep();
      },
    });
    return this.style.element;
  }

  /** A preset is what its fields have where nobody sets them. */
  #usePreset(isNew) {
    const row = this.presets[this.preset?.value] ?? {};
    for (const name of this.presetFields) {
      const field = this.fields.get(name);
      field.setBaseline(name in row ? row[name] : field.facts.fallback);
    }
    if (!isNew) return;
    this.settings.preset = this.preset.value;
    this.keep();
    this.#tellChanged();
  }

  #fold(params, options) {
    this.folded = [...params, ...options];
    if (!this.folded.length) return null;
    this.count = el("span", { class: "soft" });
    const reset = el("button", { type: "button" }, "Reset");
    reset.addEventListener("click", () => {
      for (const field of this.folded) {
        field.reset();
        this.#changed(field);
      }
    });
    const isFew = params.length <= FEW && !options.length;
    return el(
      "details",
      { class: "composer-fold composer-advanced", open: isFew },
      el("summary", {}, isFew ? "Settings" : "Advanced", " ", this.count),
      ...params.map((field) => field.element),
      options.length > 0 &&
        el(
          "fieldset",
          { class: "field-group" },
          el("legend", { class: "field-legend" }, "Of this model"),
          ...options.map((field) => field.element),
        ),
      el("div", {}, reset),
    );
  }

  #memoryOf(field) {
    if (!field.key.startsWith(`${OPTIONS}.`)) return this.settings.params;
    return (this.settings.options[this.modelId] ??= {});
  }

  #changed(field) {
    const { value, problem } = field.read();
    const kept = this.#memoryOf(field);
    if (!problem && field.isChanged()) kept[field.facts.name] = value;
    else delete kept[field.facts.name];
    this.keep();
    this.#tellChanged();
  }

  #recall() {
    for (const field of this.fields.values()) {
      const kept = this.#memoryOf(field);
      if (field.facts.name in kept && fits(field.facts, kept[field.facts.name])) field.write(kept[field.facts.name]);
    }
  }

  #tellChanged() {
    if (!this.count) return;
    const changed = this.folded.filter((field) => field.isChanged()).length;
    this.count.textContent = changed ? `${changed} changed` : "";
  }
}

function put(key, value, fields, options) {
  if (key.startsWith(`${OPTIONS}.`)) options[key.slice(OPTIONS.length + 1)] = value;
  else fields[key] = value;
}

function missing(field) {
  return field.facts.name === "text_prompt" ? "Say in a few words what it shall be." : "This is needed.";
}
