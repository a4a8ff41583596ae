/** The bones of a model: drawn over it, bent, and their weights shown. */
import { Box3, Euler, Quaternion, Vector3 } from "three";
import { BoneMarks } from "./bone_marks.js";
import { weightMaterial } from "./weights.js";

const AXES = ["x", "y", "z"];

/** All bones below an object, parents first. */
export function bonesIn(object) {
  const bones = [];
  object.traverse((one) => {
    if (one.isBone) bones.push(one);
  });
  return bones;
}

/** `rows` tells each bone: {index, name, parent (an index or -1), children: indices}. */
export class Bones {
  constructor(subject, bones, parser) {
    this.#subject = subject;
    this.#bones = bones;
    this.#rest = bones.map((bone) => bone.quaternion.clone());
    this.#bend = bones.map(() => ({ x: 0, y: 0, z: 0 }));
    this.rows = bones.map((bone, index) => ({
      index,
      name: nameOf(bone, parser),
      parent: parentOf(bone, bones),
      children: [],
    }));
    for (const row of this.rows) if (row.parent >= 0) this.rows[row.parent].children.push(row.index);
    this.#marks = new BoneMarks(bones, this.rows);
    this.#marks.object.visible = false;
    subject.object.add(this.#marks.object);
    this.chosen = -1;
    this.showsWeights = true;
  }

  #subject;
  #bones;
  #rest;
  #bend;
  #marks;

  /** Whether the bones move any surface. */
  get hasSkin() {
    return this.#subject.items.some((item) => item.mesh.isSkinnedMesh);
  }

  /** Degrees about the bone's own axes: {x, y, z}. */
  bendOf(index) {
    return this.#bend[index];
  }

  /** Bend a bone about one of its axes, in degrees from where it rests. */
  bend(index, axis, degrees) {
    this.#bend[index][axis] = degrees;
    const [x, y, z] = AXES.map((name) => (this.#bend[index][name] * Math.PI) / 180);
    this.#bones[index].quaternion.copy(this.#rest[index]).multiply(new Quaternion().setFromEuler(new Euler(x, y, z)));
    this.moved();
  }

  /** All bones as the file has them. */
  reset() {
    for (const [index, bone] of this.#bones.entries()) {
      bone.quaternion.copy(this.#rest[index]);
      this.#bend[index] = { x: 0, y: 0, z: 0 };
    }
    this.moved();
  }

  /** Choose a bone: its mark and its weights stand out. -1 for none. */
  choose(index) {
    this.chosen = index;
    for (const item of this.#subject.items) {
      item.weights?.choose(this.#ofMesh(item.mesh));
    }
    this.#marks.choose(index);
  }

  /** Draw the bones, or not. */
  show(on) {
    this.#marks.object.visible = on;
    if (on) this.moved();
  }

  /** The bones are elsewhere: draw them there. */
  moved() {
    if (!this.#marks.object.visible) return;
    this.#subject.object.updateMatrixWorld(true);
    this.#marks.follow();
  }

  /** What a mesh's surface is while bones are shown: the chosen one's weights where that is wished; else null. */
  surface(item) {
    if (!this.showsWeights || this.chosen < 0 || !item.mesh.isSkinnedMesh) return null;
    item.weights ??= weightMaterial(!item.mesh.geometry.attributes.normal);
    item.weights.choose(this.#ofMesh(item.mesh));
    return item.weights.material;
  }

  /** Where the joints are, in the world. */
  joints() {
    return this.#bones.map((bone) => bone.getWorldPosition(new Vector3()));
  }

  /** The box around the joints. */
  box() {
    return new Box3().setFromPoints(this.joints());
  }

  /** Free what the graphics card holds of the marks and weights. */
  release() {
    this.#marks.release();
    for (const item of this.#subject.items) item.weights?.material.dispose();
  }

  #ofMesh(mesh) {
    return mesh.isSkinnedMesh && this.chosen >= 0 ? mesh.skeleton.bones.indexOf(this.#bones[this.chosen]) : -1;
  }
}

function parentOf(bone, bones) {
  for (let object = bone.parent; object; object = object.parent) {
    if (object.isBone) return bones.indexOf(object);
  }
  return -1;
}

function nameOf(bone, parser) {
  const node = parser.associations.get(bone)?.nodes;
  return (node === undefined ? bone.name : parser.json.nodes[node].name) || `Bone ${node ?? ""}`.trim();
}
