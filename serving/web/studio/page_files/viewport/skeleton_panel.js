/** The bones of a model: a tree to choose one from, sliders that bend it, its weights. */
import { say } from "../bus.js";
import { el } from "../dom.js";
import { makeBoneTree } from "./bone_tree.js";

const AXES = ["x", "y", "z"];
const MOST_DEGREES = 90;
const NO_WEIGHTS =
  "This mesh has joints but no weights: bending moves the bones alone. Rig it with rig mode full to see weights.";

/** The panel of one model. `changed()`: draw again; `resurfaced()`: the materials too. Answers {element, choose}. */
export function makeSkeletonPanel({ subject, letter }, { changed, resurfaced }) {
  const { bones } = subject;
  const label = letter ? `Bones of ${letter}` : "Bones";
  const sliders = AXES.map((axis) =>
    slider(axis, (degrees) => {
      bones.bend(bones.chosen, axis, degrees);
      changed();
    }),
  );
  const weights = el("input", { type: "checkbox", checked: bones.showsWeights, disabled: !bones.hasSkin });
  weights.addEventListener("change", () => {
    bones.showsWeights = weights.checked;
    resurfaced();
  });
  const show = () =>
    sliders.forEach((one, n) => one.set(bones.chosen < 0 ? null : bones.bendOf(bones.chosen)[AXES[n]]));
  const choose = (index) => {
    bones.choose(index);
    tree.choose(index);
    bend.disabled = index < 0;
    legend.textContent = index < 0 ? "Choose a bone to bend it" : `Bend ${bones.rows[index].name}`;
    if (index >= 0) say("announce", { text: `${bones.rows[index].name} is chosen` });
    show();
    resurfaced();
  };
  const reset = () => {
    bones.reset();
    show();
    changed();
  };
  const tree = makeBoneTree(bones.rows, label, choose);
  const legend = el("legend", {}, "");
  const bend = el("fieldset", { class: "vp-bend", disabled: true }, legend, ...sliders.map((one) => one.element));
  const element = el(
    "section",
    { class: "vp-panel-part", "aria-label": label },
    el(
      "div",
      { class: "vp-panel-head" },
      el("h3", {}, `${letter ? `${letter}: ` : ""}${bones.rows.length} bones`),
      el("button", { type: "button", class: "quiet small", onclick: reset }, "Reset pose"),
    ),
    bend,
    el("label", { class: "vp-check" }, weights, " Show weights"),
    bones.hasSkin
      ? el(
          "p",
          { class: "vp-scale small soft" },
          "none",
          el("span", { class: "vp-ramp", "aria-hidden": "true" }),
          "all",
        )
      : el("p", { class: "small soft" }, NO_WEIGHTS),
    tree.element,
  );
  choose(bones.chosen);
  return { element, choose, show };
}

function slider(axis, bent) {
  const input = el("input", {
    type: "range",
    min: -MOST_DEGREES,
    max: MOST_DEGREES,
    step: 1,
    value: 0,
    dataset: { axis },
  });
  const told = el("output", { class: "small" }, "");
  const tell = () => {
    told.textContent = `${input.value}°`;
    input.setAttribute("aria-valuetext", `${input.value} degrees`);
  };
  input.addEventListener("input", () => {
    tell();
    bent(Number(input.value));
  });
  const element = el("label", { class: "vp-slider" }, el("span", {}, axis.toUpperCase()), input, told);
  const set = (degrees) => {
    input.value = String(degrees ?? 0);
    tell();
  };
  return { element, set };
}
