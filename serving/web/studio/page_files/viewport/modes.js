/** The seven ways of looking at a model. */
import { checkerMaterial, clayMaterial, colourMaterial, normalMaterial, wireMaterial } from "./materials.js";

/** Show a subject in a mode. Answers a sentence where the mode has nothing to show, else "". */
export function applyMode(subject, mode) {
  for (const item of subject.items) {
    item.mesh.material = surface(subject, item, mode);
    const wired = mode === "wire";
    if (wired && !item.wire) item.wire = subject.addOverlay(item, wireMaterial());
    if (item.wire) item.wire.visible = wired;
    // Pushed back a little, so that edges are not swallowed.
    item.original.polygonOffset = wired;
    item.original.polygonOffsetFactor = item.original.polygonOffsetUnits = wired ? 1 : 0;
  }
  subject.bones?.show(mode === "skeleton");
  if (mode === "uv" && subject.items.every((item) => !hasUvs(item))) {
    return "This mesh has no texture coordinates (UVs), so no checker can lie on it.";
  }
  return "";
}

function surface(subject, item, mode) {
  const flat = !item.mesh.geometry.attributes.normal;
  switch (mode) {
    case "normals":
      return normalMaterial(flat);
    case "uv":
      return hasUvs(item) ? checkerMaterial(flat) : clayMaterial(flat);
    case "parts":
      return colourMaterial(subject.parts[item.part].colour, flat);
    case "plain":
      return clayMaterial(flat);
    case "skeleton":
      return subject.bones?.surface(item) ?? item.original;
    default:
      return item.original;
  }
}

function hasUvs(item) {
  return Boolean(item.mesh.geometry.attributes.uv);
}
