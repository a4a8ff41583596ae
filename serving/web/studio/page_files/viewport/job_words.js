/** What is said of a job and its model beside the picture. Pure. */
import { featureWords } from "../words.js";

/** What people would call a job. */
export function titleOf(job) {
  return job.title || featureWords(job.feature);
}

/** The name of a file about a job: "text_to_raw_mesh_1a2b3c4d.png". */
export function fileName(job, ending) {
  return `${job.feature}_${job.job_id.slice(0, 8)}.${ending}`;
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
