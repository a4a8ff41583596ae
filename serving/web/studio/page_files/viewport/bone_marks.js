/** Bones drawn so that they can be read: a ball at each joint, a spindle along each bone, over whatever is in front. */
import {
  Color,
  DynamicDrawUsage,
  Group,
  InstancedMesh,
  Matrix4,
  MeshBasicMaterial,
  MeshStandardMaterial,
  OctahedronGeometry,
  Quaternion,
  SphereGeometry,
  Vector3,
} from "three";

const PLAIN = new Color("#f6f1e6");
const CHOSEN = new Color("#ff8a3c");
const DARK = "#1d1a14"; // the rim, which stands out where the surface is as light as the marks
const RIM = 0.0035; // of the skeleton's extent
const UP = new Vector3(0, 1, 0);
const BALL = 0.011; // of the skeleton's extent
const THICK = 0.13; // of a bone's length
const MOST_THICK = 0.016; // of the skeleton's extent

/** The marks of `bones`; `rows` tells which bone hangs on which. */
export class BoneMarks {
  constructor(bones, rows) {
    this.#bones = bones;
    this.#links = rows.filter((row) => row.parent >= 0).map((row) => [row.parent, row.index]);
    this.object = new Group();
    const [spindle, ball] = [new OctahedronGeometry(1), new SphereGeometry(1, 14, 10)];
    this.#spindles = many(spindle, lit(), this.#links.length, 21);
    this.#balls = many(ball, lit(), bones.length, 22);
    // All rims lie behind all marks, so that a bone's rim cuts through no other bone.
    this.#spindleRims = many(spindle, dark(), this.#links.length, 20);
    this.#ballRims = many(ball, dark(), bones.length, 20);
    this.object.add(...this.#all);
    this.choose(-1);
    this.follow();
  }

  #bones;
  #links;
  #spindles;
  #balls;
  #spindleRims;
  #ballRims;

  get #all() {
    return [this.#spindles, this.#balls, this.#spindleRims, this.#ballRims];
  }

  /** Colour the mark of one bone; of none for -1. */
  choose(index) {
    for (const n of this.#bones.keys()) this.#balls.setColorAt(n, n === index ? CHOSEN : PLAIN);
    for (const [n, [from]] of this.#links.entries()) this.#spindles.setColorAt(n, from === index ? CHOSEN : PLAIN);
    for (const marks of [this.#balls, this.#spindles]) if (marks.instanceColor) marks.instanceColor.needsUpdate = true;
  }

  /** Go where the bones are now. Their matrices must be up to date. */
  follow() {
    const joints = this.#bones.map((bone) => new Vector3().setFromMatrixPosition(bone.matrixWorld));
    const extent = extentOf(joints);
    const [matrix, turn] = [new Matrix4(), new Quaternion()];
    for (const [n, joint] of joints.entries()) {
      const place = (marks, more) =>
        marks.setMatrixAt(n, matrix.compose(joint, turn.identity(), new Vector3().setScalar(extent * (BALL + more))));
      place(this.#balls, 0);
      place(this.#ballRims, RIM);
    }
    for (const [n, [from, to]] of this.#links.entries()) {
      const along = joints[to].clone().sub(joints[from]);
      const length = along.length();
      const thick = Math.min(length * THICK, extent * MOST_THICK);
      const middle = joints[from].clone().addScaledVector(along, 0.5);
      turn.setFromUnitVectors(UP, length > 0 ? along.normalize() : UP);
      const rim = thick + extent * RIM;
      this.#spindles.setMatrixAt(n, matrix.compose(middle, turn, new Vector3(thick, length / 2, thick)));
      this.#spindleRims.setMatrixAt(n, matrix.compose(middle, turn, new Vector3(rim, length / 2, rim)));
    }
    for (const marks of this.#all) marks.instanceMatrix.needsUpdate = true;
  }

  /** Free what the graphics card holds of them. */
  release() {
    for (const marks of this.#all) {
      marks.geometry.dispose();
      marks.material.dispose();
      marks.dispose();
    }
  }
}

const OVER_ALL = { depthTest: false, depthWrite: false, transparent: true };

function lit() {
  return new MeshStandardMaterial({ ...OVER_ALL, roughness: 1, metalness: 0, flatShading: true, emissive: "#4a4639" });
}

function dark() {
  return new MeshBasicMaterial({ ...OVER_ALL, color: DARK });
}

function many(geometry, material, number, order) {
  const marks = new InstancedMesh(geometry, material, Math.max(number, 1));
  marks.count = number;
  marks.instanceMatrix.setUsage(DynamicDrawUsage);
  marks.frustumCulled = false;
  marks.renderOrder = order;
  marks.raycast = () => {};
  return marks;
}

function extentOf(points) {
  const [least, most] = [new Vector3(Infinity, Infinity, Infinity), new Vector3(-Infinity, -Infinity, -Infinity)];
  for (const point of points) {
    least.min(point);
    most.max(point);
  }
  return Math.max(most.distanceTo(least), 1e-6);
}
