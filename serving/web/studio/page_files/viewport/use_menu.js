/** "Use as input": what the server can do next with a mesh. */
import { getJson } from "../api.js";
import { say } from "../bus.js";
import { el } from "../dom.js";
import { featureWords } from "../words.js";
import { makeMenu } from "./menu.js";

/** A menu of the features that take a mesh. `job()` answers the job that is shown. Answers {element, button, load}. */
export function makeUseMenu(job) {
  let features = [];
  const menu = makeMenu("use", "Use as input", () => {
    if (features.length === 0) return el("p", { class: "small" }, "Nothing here takes a mesh now.");
    return features.map(({ name, summary }) =>
      el(
        "button",
        {
          type: "button",
          class: "vp-menu-row",
          title: summary,
          dataset: { feature: name },
          onclick: () => {
            menu.close();
            say("use-as-input", { job: job(), feature: name });
            say("pane", { name: "composer" });
          },
        },
        featureWords(name),
      ),
    );
  });
  /** Ask the server what it can do. Throws ApiError. */
  const load = async () => {
    const answer = await getJson("/api/v1/system/features");
    features = answer.features.filter(({ inputs }) => inputs?.some((input) => input.name === "mesh" && input.required));
  };
  return { ...menu, load };
}
