/** A choice among a few, side by side: radio buttons, so that arrow keys and screen readers know them. */
import { el } from "../dom.js";

let groups = 0;

/**
 * `options` are [{value, words, help}]; the help of the chosen one stands below. -> {element, value, write(value),
 * showProblem(text), focus()}; `onchange(value)` is called when the user chooses.
 */
export function choiceRow({ legend, name, options, value, onchange, isLegendHidden = false, columns = 0 }) {
  const group = `choice-${name}-${(groups += 1)}`;
  const help = el("p", { class: "soft small help", id: `${group}-help` });
  const problem = el("p", { class: "problem small", hidden: true });
  const inputs = options.map((option) =>
    el("input", { type: "radio", name: group, value: option.value, class: "unseen" }),
  );
  const row = el(
    "div",
    { class: "choice-row", dataset: { columns } },
    ...options.map((option, index) => el("label", { class: "choice" }, inputs[index], el("span", {}, option.words))),
  );
  const element = el(
    "fieldset",
    { class: "field", dataset: { choice: name }, "aria-describedby": `${group}-help` },
    el("legend", { class: isLegendHidden ? "unseen" : "field-legend" }, legend),
    row,
    help,
    problem,
  );
  const made = { element, value, write, showProblem, focus };
  function write(next) {
    made.value = next;
    for (const input of inputs) input.checked = input.value === next;
    help.textContent = options.find((option) => option.value === next)?.help ?? "";
    help.hidden = !help.textContent;
  }
  function showProblem(text) {
    problem.textContent = text;
    problem.hidden = !text;
  }
  function focus() {
    (inputs.find((input) => input.checked) ?? inputs[0])?.focus();
  }
  row.addEventListener("change", (event) => {
    write(event.target.value);
    showProblem("");
    onchange(made.value);
  });
  write(value);
  return made;
}
