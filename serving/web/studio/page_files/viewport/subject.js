/** One loaded model: its meshes, parts, bones and size, and the end of all it holds. */
import { AnimationMixer, Box3, Group, Mesh, SkinnedMesh, Vector3 } from "three";
import { Bones, bonesIn } from "./bones.js";
import { partColour } from "./palette.js";

// Layer 0 is drawn. A hidden part leaves it, which unlike `visible` leaves its children where they are.
const DRAWN = 0;
const HIDDEN = 1;

/** A model as the viewport shows it. `gltf` is what GLTFLoader made. */
export class Subject {
  constructor(gltf) {
    this.object = new Group();
    this.object.add(gltf.scene);
    this.object.updateMatrixWorld(true);
    this.items = [];
    this.parts = [];
    this.#collect(gltf);
    this.box = new Box3().setFromObject(gltf.scene);
    this.triangles = sum(this.parts, "triangles");
    this.vertices = sum(this.parts, "vertices");
    const bones = bonesIn(gltf.scene);
    this.bones = bones.length > 0 ? new Bones(this, bones, gltf.parser) : null;
    this.clips = gltf.animations ?? [];
    this.mixer = this.clips.length > 0 ? new AnimationMixer(gltf.scene) : null;
    if (this.box.isEmpty() && this.bones) this.box = this.bones.box();
  }

  /** Why it cannot be shown, as a sentence; "" when it can. */
  whatIsWrong() {
    if (this.box.isEmpty()) return "This file holds nothing that can be seen.";
    const isFinite = [...this.box.min, ...this.box.max].every(Number.isFinite);
    return isFinite
      ? ""
      : "Some vertices of this mesh lie nowhere (their places are no numbers), so it cannot be shown.";
  }

  /** Width, height, depth in metres. */
  get size_m() {
    return this.box.getSize(new Vector3()).toArray();
  }

  /** The box of what is not hidden, and of all where all is. */
  get shownBox() {
    const box = new Box3();
    for (const item of this.items) if (!this.parts[item.part].hidden) box.expandByObject(item.mesh);
    return box.isEmpty() ? this.box : box;
  }

  /** Hide or show one part. */
  hidePart(index, hidden) {
    this.parts[index].hidden = hidden;
    for (const item of this.items) {
      if (item.part !== index) continue;
      item.mesh.layers.set(hidden ? HIDDEN : DRAWN);
      item.wire?.layers.set(hidden ? HIDDEN : DRAWN);
    }
  }

  /** A second mesh over that of an item, of the same geometry. */
  addOverlay(item, material) {
    const { mesh } = item;
    let over;
    if (mesh.isSkinnedMesh) {
      over = new SkinnedMesh(mesh.geometry, material);
      over.bind(mesh.skeleton, mesh.bindMatrix);
      over.frustumCulled = false;
    } else {
      over = new Mesh(mesh.geometry, material);
    }
    over.morphTargetInfluences = mesh.morphTargetInfluences;
    over.morphTargetDictionary = mesh.morphTargetDictionary;
    over.layers.mask = mesh.layers.mask;
    over.raycast = () => {};
    mesh.add(over);
    return over;
  }

  /** Start or stop the model's animations. */
  play(on) {
    for (const clip of this.clips) {
      const action = this.mixer.clipAction(clip);
      action.play();
      action.paused = !on;
    }
  }

  /** Free what the graphics card holds of it; drawn again, it goes there again. Materials that all models share stay. */
  release() {
    for (const thing of this.#held()) thing.dispose();
    this.bones?.release();
  }

  /** The end: nothing of it is left. */
  dispose() {
    this.mixer?.stopAllAction();
    this.release();
    for (const thing of this.#held()) thing.source?.data?.close?.(); // decoded pictures are large
    this.object.removeFromParent();
  }

  #held() {
    const held = new Set();
    for (const { mesh, original } of this.items) {
      held.add(mesh.geometry);
      if (mesh.isSkinnedMesh) held.add(mesh.skeleton);
      held.add(original);
      for (const value of Object.values(original)) if (value?.isTexture) held.add(value);
    }
    this.object.traverse((object) => {
      if (object.isLine || object.isPoints) held.add(object.geometry).add(object.material);
    });
    return held;
  }

  #collect(gltf) {
    const meshes = [];
    gltf.scene.traverse((object) => {
      if (object.isLight) object.intensity = 0; // the light here is the same for all
      if (object.isMesh) meshes.push(object);
    });
    const nodes = meshes.map((mesh) => nodeOf(mesh, gltf.parser));
    const isOneNode = new Set(nodes.map((node) => node.key)).size === 1;
    const indices = new Map();
    for (const [n, mesh] of meshes.entries()) {
      if (mesh.isSkinnedMesh) mesh.frustumCulled = false; // bent, it may leave the sphere it was measured in
      const key = isOneNode ? mesh : nodes[n].key;
      if (!indices.has(key)) {
        const index = this.parts.length;
        indices.set(key, index);
        const name = (isOneNode && meshes.length > 1 ? mesh.material.name : nodes[n].name) || `Part ${index + 1}`;
        this.parts.push({ index, name, colour: partColour(index), hidden: false, triangles: 0, vertices: 0 });
      }
      const part = indices.get(key);
      this.items.push({ mesh, original: mesh.material, part, wire: null });
      this.parts[part].triangles += trianglesOf(mesh);
      this.parts[part].vertices += mesh.geometry.attributes.position?.count ?? 0;
    }
  }
}

/** The node of the file that a mesh belongs to: its number, and its name as the file has it. */
function nodeOf(mesh, parser) {
  for (let object = mesh; object; object = object.parent) {
    const index = parser.associations.get(object)?.nodes;
    if (index !== undefined) return { key: index, name: parser.json.nodes[index].name };
  }
  return { key: mesh, name: mesh.name };
}

function trianglesOf(mesh) {
  const { index, attributes } = mesh.geometry;
  return Math.floor((index?.count ?? attributes.position?.count ?? 0) / 3) * (mesh.count ?? 1);
}

function sum(rows, field) {
  return rows.reduce((total, row) => total + row[field], 0);
}
