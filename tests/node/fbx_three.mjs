// node fbx_three.mjs FILE.fbx  Prints what three.js's FBXLoader makes of a file, as JSON: nodes, meshes, materials.
import { readFileSync } from "node:fs";

// What the loader expects of a browser: pictures as blobs, with addresses.
const blobs = new Map();
URL.createObjectURL = (blob) => {
  const name = `blob:${blobs.size}`;
  blobs.set(name, blob);
  return name;
};
globalThis.self = globalThis;
globalThis.window = { innerWidth: 1, innerHeight: 1 };
const warnings = [];
console.warn = (...words) => warnings.push(words.join(" "));

const THREE = await import("three");
const { FBXLoader } = await import("three/addons/loaders/FBXLoader.js");

const bytes = readFileSync(process.argv[2]);
const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
// Pictures are not decoded: their bytes are looked up by the address that the loader asks for.
THREE.TextureLoader.prototype.load = function (url) {
  const texture = new THREE.Texture();
  texture.image = { url };
  return texture;
};
const root = new FBXLoader().parse(buffer, "");
root.updateMatrixWorld(true);

const nodes = [];
root.traverse((node) => nodes.push(node));

async function picture(texture) {
  if (!texture) return null;
  const blob = blobs.get(texture.image.url);
  const data = blob ? Buffer.from(await blob.arrayBuffer()) : Buffer.alloc(0);
  const wrap = [texture.wrapS, texture.wrapT].map((mode) => mode === THREE.ClampToEdgeWrapping);
  return { data: data.toString("base64"), clamped: wrap };
}

async function material(made) {
  return {
    name: made.name,
    colour: made.color.toArray(),
    emission: made.emissive.toArray().map((part) => part * made.emissiveIntensity),
    opacity: made.opacity,
    shininess: made.shininess,
    map: await picture(made.map),
    normalMap: await picture(made.normalMap),
    emissiveMap: await picture(made.emissiveMap),
    aoMap: await picture(made.aoMap),
  };
}

function attribute(geometry, name) {
  const found = geometry.getAttribute(name);
  return found ? Array.from(found.array) : null;
}

// Where a skinned vertex is drawn.
function drawn(mesh) {
  const places = [];
  const point = new THREE.Vector3();
  for (let vertex = 0; vertex < mesh.geometry.getAttribute("position").count; vertex++) {
    mesh.getVertexPosition(vertex, point).applyMatrix4(mesh.matrixWorld);
    places.push(...point.toArray());
  }
  return places;
}

async function mesh(node) {
  const geometry = node.geometry;
  const materials = Array.isArray(node.material) ? node.material : [node.material];
  return {
    geometry: geometry.uuid,
    geometryName: geometry.name,
    positions: attribute(geometry, "position"),
    normals: attribute(geometry, "normal"),
    uvs: ["uv", "uv1", "uv2"].map((name) => attribute(geometry, name)).filter(Boolean),
    colours: attribute(geometry, "color"),
    joints: attribute(geometry, "skinIndex"),
    weights: attribute(geometry, "skinWeight"),
    groups: geometry.groups,
    materials: await Promise.all(materials.map(material)),
    bones: node.isSkinnedMesh ? node.skeleton.bones.map((bone) => nodes.indexOf(bone)) : null,
    drawn: drawn(node),
  };
}

const rows = [];
for (const node of nodes) {
  rows.push({
    name: node.userData.originalName ?? node.name,
    parent: nodes.indexOf(node.parent),
    bone: Boolean(node.isBone),
    world: node.matrixWorld.toArray(),
    mesh: node.isMesh ? await mesh(node) : null,
  });
}
console.log(JSON.stringify({ nodes: rows, warnings }));
