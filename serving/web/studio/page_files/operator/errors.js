/** The last jobs that failed, of everybody, and what last went wrong in lanes themselves. */
import { el } from "../dom.js";
import { duration, featureWords } from "../words.js";
import { rows, tile } from "./tile.js";

/** -> {element, show(view)} */
export function makeErrorTile() {
  const { element, body } = tile("Last errors", "errors");
  const none = el("p", { class: "soft" }, "None");
  const list = el("ul", { class: "tile-list" });
  const showRows = rows(list, (failure) => failure.key, makeRow);
  body.append(none, list);
  return {
    element,
    show(view) {
      const failures = all(view);
      none.hidden = failures.length > 0;
      list.hidden = failures.length === 0;
      showRows(failures);
    },
  };
}

/** Failures of jobs, and errors of lanes that no failed job tells already; each with a key of its own. */
function all({ errors, lanes, timestamp }) {
  const now = Date.parse(timestamp);
  const ofJobs = errors.map((row) => ({ ...row, what: featureWords(row.feature) }));
  const ofLanes = lanes
    .filter((lane) => lane.last_error && !errors.some((row) => isSame(lane.last_error, row)))
    .map((lane) => ({
      at: lane.last_error_at,
      what: `Lane ${lane.title ?? lane.name}`,
      model: "",
      error_code: "",
      error: lane.last_error,
    }));
  const seen = new Map();
  return [...ofJobs, ...ofLanes].map((row) => {
    const name = [row.at, row.what, row.model, row.error].join("\n");
    seen.set(name, (seen.get(name) ?? 0) + 1);
    return { ...row, age_s: Math.max(0, (now - Date.parse(row.at)) / 1000), key: `${name}\n${seen.get(name)}` };
  });
}

/** A lane says "<model>: <what>", a job what, and how often that was tried. */
function isSame(ofLane, { model, error }) {
  return error.startsWith(ofLane.replace(`${model}: `, ""));
}

function makeRow({ at, what, model, error_code, error }) {
  const when = el("time", { class: "soft small", datetime: at, title: new Date(at).toLocaleString("en") });
  const code = error_code && el("code", { class: "code small" }, error_code);
  const element = el(
    "li",
    {},
    el("div", { class: "headed" }, el("h3", {}, what), when),
    model && el("p", { class: "soft small" }, model),
    el("p", {}, code, code && " ", error),
  );
  return {
    element,
    show({ age_s }) {
      when.textContent = `${duration(age_s)} ago`;
    },
  };
}
