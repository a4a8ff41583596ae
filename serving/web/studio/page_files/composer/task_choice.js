/** What shall be done: a group of features, and one of them. */
import { el, fill } from "../dom.js";
import { featureWords } from "../words.js";
import { choiceRow } from "./choice_row.js";
import { groupsOf, shortWords } from "./groups.js";

/** {element, show(feature name), groupOf(feature name)}; `onchoose(name)` when the user chooses. */
export class TaskChoice {
  constructor(features, onchoose) {
    this.groups = groupsOf(features);
    this.onchoose = onchoose;
    this.last = new Map(); // of each group, the feature that was chosen last
    this.row = choiceRow({
      legend: "Task",
      name: "task",
      isLegendHidden: true,
      columns: 3,
      options: this.groups.map(({ name, words }) => ({ value: name, words })),
      value: "",
      onchange: (name) => {
        const group = this.groups.find((one) => one.name === name);
        onchoose(this.last.get(name) ?? group.features[0].name);
      },
    });
    this.place = el("div", {});
    this.element = el("div", { class: "composer-task" }, this.row.element, this.place);
  }

  /** The group that holds a feature. */
  groupOf(name) {
    return this.groups.find((group) => group.features.some((feature) => feature.name === name));
  }

  /** Show that this feature is chosen. */
  show(name) {
    const group = this.groupOf(name);
    this.last.set(group.name, name);
    this.row.write(group.name);
    if (this.shown === group) return this.features?.write(name);
    this.shown = group;
    this.features = group.features.length > 1 ? this.#featuresOf(group, name) : null;
    return fill(this.place, this.features?.element);
  }

  #featuresOf(group, value) {
    const options = group.features.map((feature) => ({
      value: feature.name,
      words: shortWords(feature),
      help: "",
    }));
    const legend = `${group.words}: which way`;
    return choiceRow({
      legend,
      name: "feature",
      isLegendHidden: true,
      columns: 2,
      options,
      value,
      onchange: this.onchoose,
    });
  }
}

/** What the button that makes the job says. */
export function actionWords(group, feature) {
  return group.name === "more" ? featureWords(feature.name) : group.words;
}
