/** The control of a field, by its kind. Each is {node, input, read() -> {value} or {problem}, write(value)}. */
import { el } from "../dom.js";
import { count } from "../words.js";
import { sliderStep } from "./schema.js";

const NEAR = 0.8; // of the most characters: then they are counted

/** The control for the facts of a field. `long`: text of several lines. */
export function controlFor(facts, id, long = false) {
  if (facts.kind === "boolean" && !facts.nullable) return checkbox(id);
  if (facts.kind === "boolean") return choice({ ...facts, choices: [true, false] }, id);
  if (facts.kind === "choice") return choice(facts, id);
  if (facts.kind === "integer" || facts.kind === "number") return number(facts, id);
  if (facts.kind === "text") return long ? longText(facts, id) : text(facts, id);
  return json(facts, id);
}

function checkbox(id) {
  const input = el("input", { type: "checkbox", id });
  return {
    node: input,
    input,
    read: () => ({ value: input.checked }),
    write: (value) => {
      input.checked = Boolean(value);
    },
  };
}

function choice(facts, id) {
  const values = facts.nullable ? [null, ...facts.choices] : facts.choices;
  const words = (value) =>
    value === null ? "not set" : value === true ? "yes" : value === false ? "no" : String(value);
  const input = el("select", { id }, ...values.map((value) => el("option", { value: words(value) }, words(value))));
  return {
    node: input,
    input,
    read: () => ({ value: values[input.selectedIndex] }),
    write: (value) => {
      input.value = words(value);
    },
  };
}

function number(facts, id) {
  const isWhole = facts.kind === "integer";
  const bounds = { min: facts.minimum, max: facts.maximum };
  const input = el("input", {
    type: "number",
    id,
    ...bounds,
    step: isWhole ? 1 : "any",
    inputmode: isWhole ? "numeric" : "decimal",
    placeholder: facts.nullable ? "not set" : null,
  });
  const read = () => {
    if (input.value === "" && !input.validity.badInput) {
      return facts.nullable ? { value: null } : { problem: "A number is needed here." };
    }
    return input.checkValidity() ? { value: input.valueAsNumber } : { problem: boundsWords(facts) };
  };
  const step = sliderStep(facts);
  if (step === null)
    return {
      node: input,
      input,
      read,
      write: (value) => {
        input.value = value ?? "";
      },
    };
  const slider = el("input", { type: "range", ...bounds, step, tabindex: -1, "aria-hidden": "true" });
  slider.addEventListener("input", () => {
    input.value = slider.value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  input.addEventListener("input", () => {
    slider.value = input.value;
  });
  const write = (value) => {
    input.value = value ?? "";
    slider.value = value ?? facts.minimum;
  };
  return { node: el("div", { class: "with-slider" }, slider, input), input, read, write };
}

function boundsWords({ kind, minimum, maximum }) {
  const what = kind === "integer" ? "a whole number" : "a number";
  if (minimum !== null && maximum !== null) return `Give ${what} from ${count(minimum)} to ${count(maximum)}.`;
  if (minimum !== null) return `Give ${what} of at least ${count(minimum)}.`;
  return maximum === null ? `Give ${what}.` : `Give ${what} of at most ${count(maximum)}.`;
}

function text(facts, id) {
  const input = el("input", { type: "text", id, autocomplete: "off", placeholder: facts.nullable ? "not set" : null });
  return textual(facts, input, input);
}

function longText(facts, id) {
  const input = el("textarea", { id, rows: facts.required ? 3 : 2, spellcheck: "true" });
  const counter = el("span", { class: "counter soft small", "aria-live": "polite" });
  const control = textual(facts, input, el("div", {}, input, counter));
  const tell = () => {
    const length = [...input.value].length;
    const isNear = facts.maxLength && length > NEAR * facts.maxLength;
    counter.textContent = isNear ? `${count(length)} of ${count(facts.maxLength)} characters` : "";
    counter.toggleAttribute("data-over", Boolean(facts.maxLength) && length > facts.maxLength);
  };
  input.addEventListener("input", tell);
  const write = (value) => {
    control.write(value);
    tell();
  };
  return { ...control, write };
}

function textual(facts, input, node) {
  const read = () => {
    // No program can be handed a NUL; it comes with some clipboards.
    const value = input.value.replaceAll("\0", "");
    const over = facts.maxLength ? [...value].length - facts.maxLength : 0;
    if (over > 0) return { problem: `Too long by ${count(over)} characters: ${count(facts.maxLength)} are the most.` };
    return { value: value === "" && facts.nullable ? null : value };
  };
  return {
    node,
    input,
    read,
    write: (value) => {
      input.value = value ?? "";
    },
  };
}

function json(facts, id) {
  const input = el("textarea", { id, rows: 2, class: "code", spellcheck: "false", placeholder: "JSON" });
  const read = () => {
    if (input.value.trim() === "") return { value: facts.nullable ? null : facts.fallback };
    try {
      return { value: JSON.parse(input.value) };
    } catch {
      return { problem: 'This is no JSON. Text stands in quotes: "red"; a list in brackets: [1, 2].' };
    }
  };
  const write = (value) => {
    input.value = value === null || value === undefined ? "" : JSON.stringify(value);
  };
  return { node: input, input, read, write };
}
