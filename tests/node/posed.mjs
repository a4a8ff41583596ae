// node posed.mjs FILE.glb '{"LeftArm": [x, y, z, w], ...}'  Prints where three.js draws the vertices of a skinned GLB,
// as it lies and with those joints turned, as JSON: positions [[x, y, z], ...] of both, faces, names of the joints.
import { readFileSync } from "node:fs";

globalThis.self = globalThis;
const THREE = await import("three");
const { GLTFLoader } = await import("three/addons/loaders/GLTFLoader.js");

const bytes = readFileSync(process.argv[2]);
const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
const { scene } = await new GLTFLoader().parseAsync(buffer, "");

const meshes = [];
scene.traverse((node) => node.isSkinnedMesh && meshes.push(node));
if (meshes.length !== 1) throw new Error(`${meshes.length} skinned meshes`);
const [mesh] = meshes;

function drawn() {
  scene.updateMatrixWorld(true);
  mesh.skeleton.update();
  const point = new THREE.Vector3();
  return Array.from({ length: mesh.geometry.getAttribute("position").count }, (_, row) => {
    mesh.getVertexPosition(row, point);
    return point.applyMatrix4(mesh.matrixWorld).toArray();
  });
}

const before = drawn();
for (const [name, turn] of Object.entries(JSON.parse(process.argv[3]))) {
  const joint = mesh.skeleton.bones.find((bone) => bone.name === name);
  if (!joint) throw new Error(`no joint ${name}`);
  joint.quaternion.multiply(new THREE.Quaternion(...turn));
}
console.log(
  JSON.stringify({
    before,
    after: drawn(),
    faces: Array.from(mesh.geometry.index.array),
    joints: mesh.skeleton.bones.map((bone) => bone.name),
  }),
);
