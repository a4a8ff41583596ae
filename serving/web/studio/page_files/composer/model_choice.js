/** Which model does it: those that can, the best first; under what terms; and why the others cannot. */
import { el } from "../dom.js";
import { size } from "../words.js";
import { capital, modelWords } from "./wording.js";

const COMMERCIAL = {
  no: "Not for commercial use.",
  conditional: "Commercial use under conditions.",
};
const STATUS = { loaded: "ready", available: "loads first", unavailable: "not here" };

/** The fields for the models of a feature: {element}. `rows` are its adapters; `chosen` a model's id. */
export function modelChoice({ feature, rows, chosen, onchange }) {
  const byId = new Map(rows.map((row) => [row.model_id, row]));
  const able = feature.models.map((id) => byId.get(id) ?? { model_id: id, status: "available" });
  const unable = rows.filter((row) => !feature.models.includes(row.model_id));
  const select = el(
    "select",
    { id: "model-select", "aria-describedby": "model-facts" },
    ...able.map((row) =>
      el("option", { value: row.model_id, selected: row.model_id === chosen }, optionWords(row, feature, able)),
    ),
  );
  select.addEventListener("change", () => onchange(select.value));
  return el(
    "div",
    { class: "field composer-model" },
    el("label", { for: "model-select" }, "Model"),
    select,
    el("div", { class: "small", id: "model-facts" }, ...facts(byId.get(chosen))),
    unable.length > 0 && whyNot(unable, feature),
  );
}

function optionWords(row, feature, able) {
  const status = row.vram_requirement || row.status === "loaded" ? STATUS[row.status] : "";
  const best = able.length > 1 && row === able[0] ? "preferred here" : "";
  return [modelWords(row.model_id, feature), best, status].filter(Boolean).join(" · ");
}

function facts(row) {
  if (!row) return [];
  const told = [row.summary && el("p", { class: "soft" }, capital(row.summary))];
  if (row.licence && row.licence !== "as this project")
    told.push(el("p", { class: "soft" }, `Licence: ${row.licence}`));
  const terms = row.terms ?? {};
  const commercial = COMMERCIAL[terms.commercial_use];
  const note = [
    commercial,
    terms.territory && `Territory: ${terms.territory}.`,
    terms.note && `${capital(terms.note)}.`,
  ];
  if (note.some(Boolean)) told.push(el("p", { class: "terms-note" }, note.filter(Boolean).join(" ")));
  return told.filter(Boolean);
}

function whyNot(rows, feature) {
  const items = rows.map((row) => {
    const weights = row.weights_size_mb > 0 && `${size(row.weights_size_mb * 1024 * 1024)} of weights`;
    const needs = [weights, row.licence].filter(Boolean).join(" · ");
    return el(
      "li",
      { "aria-disabled": "true" },
      el("strong", {}, modelWords(row.model_id, feature)),
      el("span", { class: "soft" }, ` ${needs}`),
      el("p", {}, capital(row.reason ?? "it cannot run here")),
      COMMERCIAL[row.terms?.commercial_use] && el("p", { class: "terms-note" }, COMMERCIAL[row.terms.commercial_use]),
    );
  });
  return el("details", { class: "why-not small" }, el("summary", {}, "Why not others?"), el("ul", {}, ...items));
}
