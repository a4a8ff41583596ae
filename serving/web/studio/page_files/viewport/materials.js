/** What surfaces are made of in each mode. Shared by all models, made when first needed, kept as long as the page. */
import { DoubleSide, MeshBasicMaterial, MeshNormalMaterial, MeshStandardMaterial } from "three";
import { checkerTexture } from "./checker.js";

const CLAY = "#9f988c";
const WIRE = "#16140f";
const made = new Map();

function kept(name, make) {
  if (!made.has(name)) made.set(name, make());
  return made.get(name);
}

function matt(more) {
  return new MeshStandardMaterial({ roughness: 0.75, metalness: 0, side: DoubleSide, ...more });
}

/** Colours say where the surface faces, seen from the camera. `flat`: the mesh has no normals of its own. */
export function normalMaterial(flat) {
  return kept(`normal ${flat}`, () => new MeshNormalMaterial({ flatShading: flat, side: DoubleSide }));
}

/** The checker along the texture coordinates. */
export function checkerMaterial(flat) {
  const map = kept("checker", checkerTexture);
  return kept(`checker ${flat}`, () => matt({ map, flatShading: flat }));
}

/** Plain clay: the shape alone. */
export function clayMaterial(flat) {
  return kept(`clay ${flat}`, () => matt({ color: CLAY, flatShading: flat }));
}

/** One colour, "#rrggbb". */
export function colourMaterial(colour, flat) {
  return kept(`${colour} ${flat}`, () => matt({ color: colour, flatShading: flat }));
}

/** Edges of triangles; it lies over the surface. */
export function wireMaterial() {
  return kept(
    "wire",
    () =>
      new MeshBasicMaterial({
        color: WIRE,
        wireframe: true,
        transparent: true,
        opacity: 0.55,
        toneMapped: false,
      }),
  );
}

/** Free what the graphics card holds of all of them; used again, they go there again. */
export function releaseMaterials() {
  for (const thing of made.values()) thing.dispose();
}
