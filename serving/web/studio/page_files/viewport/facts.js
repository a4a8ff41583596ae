/** The corner: size and state of a mesh in a line, all that is known of it below. */
import { el, fill } from "../dom.js";
import { count, duration, size } from "../words.js";
import { badges, metres, titleOf } from "./job_words.js";

const YES = { true: "yes", false: "no" };

/** An element for a model's facts. `show({subject, job, name, bytes, letter})` fills it; null empties it. */
export function makeFacts() {
  const element = el("div", { class: "vp-facts", hidden: true });
  const show = (shown) => {
    element.hidden = !shown;
    if (!shown) return fill(element);
    const { job, name, letter } = shown;
    const report = job?.result?.generation_info?.mesh_report;
    const title = job ? titleOf(job) : name;
    fill(
      element,
      el(
        "h3",
        { class: "vp-title" },
        letter ? el("span", { class: "vp-letter" }, letter) : null,
        el("span", {}, title),
      ),
      el(
        "details",
        {},
        el("summary", {}, el("span", { class: "vp-line" }, line(shown)), ...badges(report).map(badge), ...warned(job)),
        el("dl", {}, ...rows(shown, report)),
        ...warnings(job),
      ),
    );
  };
  return { element, show };
}

function badge({ kind, text }) {
  return el("span", { class: "vp-badge", dataset: { kind } }, text);
}

function warned(job) {
  const many = job?.warnings?.length ?? 0;
  return many ? [badge({ kind: "warn", text: many === 1 ? "1 warning" : `${many} warnings` })] : [];
}

function warnings(job) {
  if (!job?.warnings?.length) return [];
  return [
    el(
      "ul",
      { class: "vp-warnings", "aria-label": "Warnings" },
      ...job.warnings.map((row) => el("li", {}, row.message)),
    ),
  ];
}

function line({ subject, bytes }) {
  return `${count(subject.triangles)} triangles · ${subject.size_m.map(metres).join(" × ")} m · ${size(bytes)}`;
}

function rows(shown, report) {
  const { subject, job, bytes } = shown;
  const info = job?.result?.generation_info ?? {};
  const [width, height, depth] = subject.size_m.map(metres);
  const told = [
    ["Triangles", count(subject.triangles)],
    ["Vertices", count(subject.vertices)],
    ["Size", `${width} × ${height} × ${depth} m (width × height × depth)`],
    ["File shown", size(bytes)],
    ["Parts", count(subject.parts.length)],
    subject.bones && ["Bones", count(subject.bones.rows.length)],
    ...reported(report),
    job && ["Model", job.model],
    ...licence(info.provenance),
    info.seed !== undefined && info.seed !== null && ["Seed", String(info.seed)],
    job?.processing_time && ["Made in", duration(job.processing_time)],
    job?.completed_at && ["Made at", new Date(job.completed_at).toLocaleString()],
  ];
  return told.filter(Boolean).flatMap(([term, text]) => [el("dt", {}, term), el("dd", {}, text)]);
}

function reported(report) {
  if (!report) return [];
  return [
    ["Closed (watertight)", YES[report.watertight]],
    ["Manifold", YES[report.manifold]],
    ["Degenerate faces", count(report.degenerate_faces)],
    ["Separate bodies", count(report.bodies)],
    ["UV sets", count(report.uv_sets)],
    ["Textures", texturesIn(report)],
  ];
}

function texturesIn(report) {
  const told = report.textures.map((row) => `${row.use.replaceAll("_", " ")} ${row.width} × ${row.height}`);
  return told.join(", ") || "none";
}

function licence(provenance) {
  if (!provenance) return [];
  return [
    ["Licence", provenance.licence],
    ["Licence of weights", provenance.weights_licence],
    ["Commercial use", provenance.commercial_use],
  ].filter(([, text]) => text);
}
