/** A GLB from bytes to a model: what this page cannot show is said in words before anything is built of it. */
import { LoadingManager } from "three";
import { GLTFLoader } from "../vendor/three/examples/jsm/loaders/GLTFLoader.js";

const MAGIC = 0x46546c67; // "glTF"
const JSON_CHUNK = 0x4e4f534a;
// These need decoders that this page does not bring.
const COMPRESSED = {
  KHR_draco_mesh_compression: "Draco",
  EXT_meshopt_compression: "meshopt",
  KHR_meshopt_compression: "meshopt",
  KHR_texture_basisu: "Basis",
};

/** What GLTFLoader makes of the bytes of a GLB. Throws Error with a sentence for people. */
export async function parseGlb(bytes) {
  const refusal = whatIsWrong(headerOf(bytes));
  if (refusal) throw new Error(refusal);
  const urls = [];
  const manager = new LoadingManager();
  // The page's policy lets no data: address be fetched; a picture that comes as one is read through a blob: address.
  manager.setURLModifier((url) => {
    if (!url.startsWith("data:")) return url;
    urls.push(URL.createObjectURL(blobOf(url)));
    return urls.at(-1);
  });
  try {
    const gltf = await new GLTFLoader(manager).parseAsync(bytes, "");
    if (gltf.scene) return gltf;
  } catch (error) {
    throw new Error(`This GLB file is damaged: ${error.message}`, { cause: error });
  } finally {
    for (const url of urls) URL.revokeObjectURL(url);
  }
  throw new Error("This file holds no scene.");
}

/** The JSON of a GLB's first chunk. Throws Error where it is no GLB. */
function headerOf(bytes) {
  const view = new DataView(bytes);
  if (bytes.byteLength < 20 || view.getUint32(0, true) !== MAGIC || view.getUint32(16, true) !== JSON_CHUNK) {
    throw new Error("This is not a GLB file.");
  }
  try {
    return JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 20, view.getUint32(12, true))));
  } catch {
    throw new Error("This GLB file is damaged.");
  }
}

function whatIsWrong(json) {
  const needed = (json.extensionsRequired ?? []).find((name) => name in COMPRESSED);
  if (needed)
    return `This file is compressed with ${COMPRESSED[needed]}, which this page cannot show. It can be downloaded.`;
  const outside = [...(json.buffers ?? []), ...(json.images ?? [])].some(({ uri }) => uri && !uri.startsWith("data:"));
  return outside ? "This file needs other files that did not come with it." : "";
}

function blobOf(dataUrl) {
  const [head, body] = dataUrl.slice(5).split(",", 2);
  const text = head.endsWith(";base64") ? atob(body) : decodeURIComponent(body);
  return new Blob([Uint8Array.from(text, (letter) => letter.charCodeAt(0))], { type: head.split(";")[0] });
}
