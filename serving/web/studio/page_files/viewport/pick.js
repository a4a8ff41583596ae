/** What lies under the pointer: a part of the surface, or a joint. */
import { Raycaster, Vector2, Vector3 } from "three";

const REACH_PX = 18;

/** The part of `subject` at a place of its half, x and y from -1 to 1; -1 for none. */
export function partAt(subject, camera, x, y) {
  const ray = new Raycaster();
  ray.setFromCamera(new Vector2(x, y), camera);
  const meshes = subject.items.map((item) => item.mesh);
  const hit = ray.intersectObjects(meshes, false)[0];
  return hit ? subject.items.find((item) => item.mesh === hit.object).part : -1;
}

/** The bone whose joint is nearest to that place, within reach of a finger; -1 for none. */
export function boneAt(subject, camera, x, y, [width, height]) {
  let [best, least] = [-1, REACH_PX];
  for (const [index, joint] of subject.bones.joints().entries()) {
    const seen = new Vector3().copy(joint).project(camera);
    const px = Math.hypot(((seen.x - x) * width) / 2, ((seen.y - y) * height) / 2);
    if (px < least) [best, least] = [index, px];
  }
  return best;
}
