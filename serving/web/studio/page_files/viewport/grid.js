/** The ground as a ruler: lines at whole steps of metres, as wide as the object asks for. */
import { BufferGeometry, Float32BufferAttribute, Group, LineBasicMaterial, LineSegments } from "three";

const STEPS_M = [0.001, 0.01, 0.1, 1, 10, 100];
const LEAST_LINES = 8;
const STRONG_EVERY = 10;

/** The step of the grid for an object so wide: 1 m, or a power of ten of it for small and large things. */
export function gridStep_m(width_m) {
  const fitting = STEPS_M.filter((step) => step * LEAST_LINES <= width_m * 2.5);
  return fitting.at(-1) ?? STEPS_M[0];
}

/** "1 m", "10 cm", "1 mm". */
export function stepWords(step_m) {
  if (step_m >= 1) return `${step_m} m`;
  return step_m >= 0.01 ? `${Math.round(step_m * 100)} cm` : `${Math.round(step_m * 1000)} mm`;
}

/** Lines on the ground around (0, 0), for an object of `radius_m`; each tenth is stronger. */
export class Ground {
  constructor() {
    this.object = new Group();
    this.step_m = 1;
    this.#weak = new LineBasicMaterial({ transparent: true, opacity: 0.22, toneMapped: false });
    this.#strong = new LineBasicMaterial({ transparent: true, opacity: 0.55, toneMapped: false });
    for (const material of [this.#weak, this.#strong]) {
      const lines = new LineSegments(new BufferGeometry(), material);
      lines.frustumCulled = false;
      lines.raycast = () => {};
      this.object.add(lines);
    }
  }

  #weak;
  #strong;

  /** Lay it below `box`. */
  lay(box, radius_m) {
    const width_m = Math.max(box.max.x - box.min.x, box.max.z - box.min.z, radius_m * 0.5);
    this.step_m = gridStep_m(width_m);
    const half = Math.ceil((radius_m * 3) / this.step_m);
    const [weak, strong] = [[], []];
    for (let n = -half; n <= half; n++) {
      const into = n % STRONG_EVERY === 0 ? strong : weak;
      const [at, end] = [n * this.step_m, half * this.step_m];
      into.push(at, 0, -end, at, 0, end, -end, 0, at, end, 0, at);
    }
    for (const [index, points] of [weak, strong].entries()) {
      const lines = this.object.children[index];
      lines.geometry.dispose();
      lines.geometry = new BufferGeometry().setAttribute("position", new Float32BufferAttribute(points, 3));
    }
    const middle = [(box.min.x + box.max.x) / 2, (box.min.z + box.max.z) / 2].map(
      (value) => Math.round(value / this.step_m) * this.step_m,
    );
    this.object.position.set(middle[0], box.min.y - radius_m * 0.001, middle[1]);
  }

  /** Free what the graphics card holds of it; drawn again, it goes there again. */
  release() {
    for (const lines of this.object.children) {
      lines.geometry.dispose();
      lines.material.dispose();
    }
  }

  /** The colour of the lines, as CSS says it. */
  paint(colour) {
    this.#weak.color.set(colour);
    this.#strong.color.set(colour);
  }
}
