/** The list of parts: a click shows one alone, the eye hides one. The picture's clicks come here as well. */
import { say } from "../bus.js";
import { el } from "../dom.js";
import { count } from "../words.js";
import { icon } from "./icons.js";

/** The list for one model. `changed()` is called when what is shown changed. Answers {element, isolate, showAll}. */
export function makePartsPanel({ subject, job, letter }, changed) {
  const { parts } = subject;
  const told = job?.result?.generation_info?.parts ?? [];
  const seen = parts.filter((part) => !part.hidden);
  let alone = parts.length > 1 && seen.length === 1 ? seen[0].index : -1;
  const apply = (hides, words) => {
    for (const part of parts) subject.hidePart(part.index, hides(part));
    for (const part of parts) paint(rows[part.index], part, alone);
    say("announce", { text: words });
    changed();
  };
  const showAll = () => {
    alone = -1;
    apply(() => false, "All parts are shown");
  };
  const isolate = (index) => {
    if (alone === index) return showAll();
    alone = index;
    apply((part) => part.index !== index, `Only ${parts[index].name} is shown`);
  };
  const toggle = (index) => {
    alone = -1;
    const hides = !parts[index].hidden;
    apply(
      (part) => (part.index === index ? hides : part.hidden),
      `${parts[index].name} is ${hides ? "hidden" : "shown"}`,
    );
  };
  const rows = parts.map((part) => row(part, facts(part, told), isolate, toggle));
  for (const part of parts) paint(rows[part.index], part, alone);
  const element = el(
    "section",
    { class: "vp-panel-part", "aria-label": letter ? `Parts of ${letter}` : "Parts" },
    el(
      "div",
      { class: "vp-panel-head" },
      el("h3", {}, `${letter ? `${letter}: ` : ""}${parts.length === 1 ? "1 part" : `${parts.length} parts`}`),
      el("button", { type: "button", class: "quiet small", onclick: showAll }, "Show all"),
    ),
    el("ul", { class: "vp-parts" }, ...rows),
  );
  return { element, isolate, showAll };
}

/** Vertices and faces as the job counted them, else as the file has them. */
function facts(part, told) {
  const row = told.find((one) => one.name === part.name);
  return { faces: row?.face_count ?? part.triangles, vertices: row?.vertex_count ?? part.vertices };
}

function row(part, { faces, vertices }, isolate, toggle) {
  const swatch = el("span", { class: "vp-swatch", "aria-hidden": "true" });
  swatch.style.background = part.colour;
  return el(
    "li",
    { dataset: { part: part.index } },
    el(
      "button",
      { type: "button", class: "vp-part quiet", "aria-pressed": "false", onclick: () => isolate(part.index) },
      swatch,
      el("span", { class: "vp-part-name" }, part.name),
      el("span", { class: "soft small" }, `${count(faces)} faces · ${count(vertices)} vertices`),
    ),
    el("button", { type: "button", class: "vp-eye quiet", onclick: () => toggle(part.index) }),
  );
}

function paint(li, part, alone) {
  const [pick, eye] = li.children;
  pick.setAttribute("aria-pressed", String(part.index === alone));
  li.classList.toggle("hidden-part", part.hidden);
  eye.replaceChildren(icon(part.hidden ? "shut" : "eye"));
  eye.setAttribute("aria-label", `${part.hidden ? "Show" : "Hide"} ${part.name}`);
}
