/** What is known of a shared model, as rows of a list. */
import { el } from "../dom.js";
import { count, featureWords, size } from "../words.js";

/** <div>s of a <dl>; what is not known is left out. */
export function factRows(facts) {
  const rows = [
    ["Made by", featureWords(facts.feature)],
    ["Model", facts.model],
    ["Triangles", facts.triangles === null ? "" : count(facts.triangles)],
    ["Size", extent(facts.size_m)],
    ["File", facts.size_bytes === null ? "" : `GLB, ${size(facts.size_bytes)}`],
    ["Date", day(facts.made_at)],
  ];
  return rows.filter(([, said]) => said).map(([name, said]) => el("div", {}, el("dt", {}, name), el("dd", {}, said)));
}

/** [0.4, 1.2, 0.4] as "0.40 × 1.20 × 0.40 m"; centimetres where all is small. */
function extent(sides_m) {
  if (!sides_m) return "";
  const small = Math.max(...sides_m) < 0.1;
  return `${sides_m.map((side) => (small ? side * 100 : side).toFixed(2)).join(" × ")} ${small ? "cm" : "m"}`;
}

function day(iso) {
  return iso ? new Date(iso).toLocaleDateString("en", { dateStyle: "long" }) : "";
}
