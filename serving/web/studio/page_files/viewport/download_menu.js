/** Downloads: every format that the server can make of the mesh, every file of the result, and all as one zip. */
import { address, apiKey, getJson } from "../api.js";
import { say } from "../bus.js";
import { el } from "../dom.js";
import { size } from "../words.js";
import { fetchFile, save } from "./fetching.js";
import { fileName } from "./job_words.js";
import { makeMenu } from "./menu.js";

// In these the materials and pictures are files of their own, so the mesh comes as a zip.
const OF_SEVERAL_FILES = new Set(["obj"]);
const MODEL_ROLES = new Set(["model", "glb"]);
const NAMED_WITHIN = new Set(["material", "texture"]);

/** The menu. `job()` answers the job that is shown. Answers {element, button, load}. */
export function makeDownloadMenu(job) {
  let formats = [];
  const menu = makeMenu("download", "Download", () => build(job(), formats));
  /** Ask the server which formats it makes. Throws ApiError. */
  const load = async () => {
    formats = (await getJson("/api/v1/system/supported-formats")).output_formats.mesh;
  };
  return { ...menu, load };
}

function build(job, formats) {
  const base = `/api/v1/system/jobs/${job.job_id}/download`;
  const { files } = job.result;
  const isMesh = files.some((file) => MODEL_ROLES.has(file.role) && file.file_extension !== "json");
  const meshes = isMesh ? formats.map((format) => meshRow(job, base, format, files)) : [];
  const others = files.map((file) => row(file.filename, size(file.file_size_bytes), file.url, nameOf(job, file)));
  return [
    meshes.length > 0 && el("h3", {}, "Mesh as"),
    ...meshes,
    el("h3", {}, "Files of this result"),
    ...others,
    isMesh && row("All of the mesh", "zip", `${base}?bundle=zip`, fileName(job, "zip")),
  ].filter(Boolean);
}

/** What a file is called once it is saved. Files that name each other, as OBJ and MTL do, keep their names. */
function nameOf(job, { filename, role, file_extension }) {
  if (job.result.files.some((file) => NAMED_WITHIN.has(file.role))) return filename;
  return fileName(job, file_extension, MODEL_ROLES.has(role) ? "" : filename.replace(/\.\w+$/, ""));
}

function meshRow(job, base, format, files) {
  const there = files.find((file) => MODEL_ROLES.has(file.role) && file.file_extension === format);
  const label = format.toUpperCase();
  if (OF_SEVERAL_FILES.has(format)) {
    const path = `${base}?as=${format}&bundle=zip`;
    return row(`${label} with its materials`, "zip", path, fileName(job, "zip"), !there);
  }
  if (there) return row(label, size(there.file_size_bytes), there.url, fileName(job, format));
  return row(label, "is made now", `${base}?as=${format}`, fileName(job, format), true);
}

/** A link where the browser can fetch it by itself; a button where a key, or patience, is needed. */
function row(label, note, plainPath, name, isMade = false) {
  // The server's word on the name wins over the link's, so it is told.
  const path = `${plainPath}${plainPath.includes("?") ? "&" : "?"}filename=${encodeURIComponent(name)}`;
  const told = el("span", { class: "small soft" }, note);
  if (!isMade && !apiKey()) {
    return el("a", { class: "vp-menu-row", href: address(path), download: name }, el("span", {}, label), told);
  }
  const button = el("button", { type: "button", class: "vp-menu-row" }, el("span", {}, label), told);
  button.addEventListener("click", () => fetchInto(button, told, label, path, name));
  return button;
}

async function fetchInto(button, told, label, path, name) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  told.textContent = "…";
  const tell = ({ percent, wait_s }) => {
    if (wait_s) {
      told.textContent = `being made, asking again in ${wait_s} s`;
      say("announce", { text: `${label} is still being made` });
    } else {
      told.textContent = percent === null ? "coming" : `${percent} %`;
    }
  };
  try {
    const file = await fetchFile(path, { tell });
    save(file.blob, file.name || name);
    told.textContent = `saved, ${size(file.blob.size)}`;
    say("announce", { text: `${label} is saved` });
    if (file.warnings.length > 0) say("alert", { text: `${label}: ${file.warnings.join("; ")}`, kind: "info" });
  } catch (error) {
    told.textContent = "failed";
    say("alert", { text: `${label} cannot be had: ${error.message}`, kind: "error" });
    if (error.status === 401) say("key-needed");
  } finally {
    button.removeAttribute("aria-busy");
  }
}
