/** What is said of a job and its model beside the picture. Pure. */
import { featureWords } from "../words.js";

const NAME_CHARACTERS = 60;

/** What people would call a job. */
export function titleOf(job) {
  return job.title || featureWords(job.feature);
}

/** The name of a file about a job, after its title: "a_red_sports_car.png"; `more` says which, where there are several. */
export function fileName(job, ending, more = "") {
  const words = titleOf(job)
    .replace(/\.(png|jpe?g|webp|bmp|gif|glb|gltf|obj|ply|stl|fbx)$/i, "") // of the file that it was made of
    .replace(/[^\p{L}\p{N}]+/gu, "_")
    .replace(/^_+|_+$/g, "");
  const name = [...words].slice(0, NAME_CHARACTERS).join("").replace(/_+$/, "");
  return `${[name || job.feature, more].filter(Boolean).join("_")}.${ending}`;
}

/** A length in metres with three figures: "0.422 m". */
export function metres(value) {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
  return value.toFixed(digits);
}

/** What the report says of a mesh, as [{kind: "good" | "warn" | "bad", text}]. */
export function badges(report) {
  if (!report) return [];
  const rows = [report.watertight ? { kind: "good", text: "Closed" } : { kind: "warn", text: "Open edges" }];
  if (!report.manifold) rows.push({ kind: "warn", text: "Not manifold" });
  if (report.degenerate_faces > 0) rows.push({ kind: "warn", text: "Degenerate faces" });
  if (report.non_finite_vertices > 0) rows.push({ kind: "bad", text: "Broken vertices" });
  return rows;
}
