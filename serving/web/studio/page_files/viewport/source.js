/** Where the bytes of a model come from: a file of a result, a conversion of it, or a file of the person. */
import { fetchFile } from "./fetching.js";

const GLB = "glb";
const DATA = new Set(["json"]);
const MODEL_ROLES = new Set(["model", "glb"]);

/** A model to show: {job} or {url, name}. The bytes as an ArrayBuffer; `tell(words, percent)` says how far they are. */
export async function bytesOf({ job, url }, signal, tell) {
  if (!job) return ownFile(url, signal);
  const { path, isMade } = addressIn(job);
  if (isMade) tell("The mesh is being converted", null);
  const { blob } = await fetchFile(path, {
    signal,
    tell: ({ percent, wait_s }) => {
      if (wait_s) tell(`The mesh is being converted; asking again in ${wait_s} s`, null);
      else tell("Loading", percent ?? null);
    },
  });
  return blob.arrayBuffer();
}

/** The GLB of a result, or the address under which the server makes one. Throws Error where there is no mesh. */
function addressIn(job) {
  const files = job.result?.files ?? [];
  const glb = files.find((file) => MODEL_ROLES.has(file.role) && file.file_extension === GLB);
  if (glb) return { path: glb.url, isMade: false };
  const isData = !files.some((file) => MODEL_ROLES.has(file.role) && !DATA.has(file.file_extension));
  if (isData) throw new Error("This result is data without a mesh. It can be downloaded.");
  return { path: `/api/v1/system/jobs/${job.job_id}/download?as=${GLB}`, isMade: true };
}

/** A file of the person lies in the browser alone, and only as long as whoever chose it keeps it. */
async function ownFile(url, signal) {
  try {
    return await (await fetch(url, { signal })).arrayBuffer();
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Error("This file cannot be read any more; choose it again.", { cause: error });
  }
}
