/**
 * What is drawn: one scene, one camera, one or two models beside each other.
 *
 * Nothing is drawn while nothing changes: whoever changes something calls `invalidate()`.
 */
import { Box3, Color, NeutralToneMapping, PerspectiveCamera, Scene, Vector3, WebGLRenderer } from "three";
import { OrbitControls } from "../vendor/three/examples/jsm/controls/OrbitControls.js";
import { Ground } from "./grid.js";
import { keyLight, makeEnvironment } from "./light.js";
import { releaseMaterials } from "./materials.js";

const FIELD_DEGREES = 32;
const HOME = new Vector3(0.55, 0.38, 1).normalize(); // from the front, which is +Z, a little aside and above
const ROOM = 1.18; // around the object, when it is framed
const BRIGHT = 0.46; // so that white shows its form, and a result is as light as in its thumbnail
const MOST_RATIO = 2;
const MOST_COVERED = 0.3; // of the height, however much lies over it
const STILL = 1e-3; // of its distance: a camera that moved by less was not moved by hand
const LEAST_MOTION = matchMedia("(prefers-reduced-motion: reduce)");

/** Draws on a canvas. `context` is its WebGL 2 context; `colours()` tells {canvas, line} as CSS says them. */
export class Stage {
  constructor(canvas, context, colours) {
    this.canvas = canvas;
    this.#colours = colours;
    this.renderer = new WebGLRenderer({ canvas, context, antialias: true });
    this.renderer.toneMapping = NeutralToneMapping;
    this.scene = new Scene();
    this.camera = new PerspectiveCamera(FIELD_DEGREES, 1, 0.01, 100);
    this.ground = new Ground();
    this.scene.add(keyLight(), this.ground.object);
    this.controls = new OrbitControls(this.camera, canvas);
    this.controls.enableDamping = !LEAST_MOTION.matches;
    this.controls.dampingFactor = 0.12;
    this.controls.addEventListener("change", () => this.invalidate());
    LEAST_MOTION.addEventListener("change", () => {
      this.controls.enableDamping = !LEAST_MOTION.matches;
    });
    this.renewLight();
    this.paint();
    this.home();
  }

  #colours;
  #environment = null;
  #subjects = [];
  #asked = 0;
  #drawn_ms = 0;
  #radius_m = 1;
  #size = [1, 1];
  #framed = null; // the camera's place and target as it was framed last
  /** Pixels of CSS at the top that something lies over: the object is framed below them, as far as there is room. */
  covered_px = 0;
  /** Called with the seconds since the last picture; answers whether something still moves. */
  beforeDraw = () => false;
  /** Called after each picture. */
  afterDraw = () => {};

  /** The models from left to right: one or two. */
  set subjects(subjects) {
    for (const old of this.#subjects) if (!subjects.includes(old)) this.scene.remove(old.object);
    for (const one of subjects) this.scene.add(one.object);
    this.#subjects = subjects;
    if (subjects.length > 0) {
      const box = this.#boxOf((subject) => subject.box);
      this.#radius_m = Math.max(box.getSize(new Vector3()).length() / 2, 1e-6);
      this.ground.lay(box, this.#radius_m);
    }
    this.invalidate();
  }

  get subjects() {
    return this.#subjects;
  }

  /** Take the colours of the page. */
  paint() {
    const { canvas, line } = this.#colours();
    this.scene.background = new Color(canvas);
    this.ground.paint(line);
    this.invalidate();
  }

  /** The card is gone: let go of what it held, so that it goes to the next one whole. Nothing is drawn meanwhile. */
  release() {
    this.#environment.dispose();
    this.ground.release();
    for (const subject of this.#subjects) subject.release();
    releaseMaterials();
  }

  /** Make the light; again, when the card was lost. */
  renewLight() {
    this.renderer.info.autoReset = false; // two halves are one picture
    this.#environment = makeEnvironment(this.renderer);
    this.scene.environment = this.#environment.texture;
    this.scene.environmentIntensity = BRIGHT;
    this.invalidate();
  }

  /** Look from the first side again, at all that is shown. */
  home() {
    this.camera.position.copy(this.controls.target).add(HOME);
    this.frame();
  }

  /** Come as near as shows all that is not hidden, from the same side. */
  frame() {
    const box = this.#boxOf((subject) => subject.shownBox);
    const radius_m = box.isEmpty() ? 1 : Math.max(box.getSize(new Vector3()).length() / 2, 1e-6);
    const side = this.camera.position.clone().sub(this.controls.target).normalize();
    if (!box.isEmpty()) box.getCenter(this.controls.target);
    const away_m = box.isEmpty() ? 4 : this.#distance_m(box, side) * ROOM;
    this.camera.position.copy(this.controls.target).addScaledVector(side, Math.max(away_m, radius_m * 0.5));
    this.controls.minDistance = radius_m * 0.02;
    this.controls.maxDistance = this.#radius_m * 60;
    this.controls.update();
    this.#framed = [this.camera.position.clone(), this.controls.target.clone()];
    this.invalidate();
  }

  /** Pixels of CSS of what one model has: all of the canvas, or half. */
  halfSize() {
    return [this.#size[0] / Math.max(this.#subjects.length, 1), this.#size[1]];
  }

  /** The canvas is so large now, in pixels of CSS. Who has not moved the camera by hand still sees all. */
  resize(width, height) {
    if (width < 1 || height < 1) return;
    const isOther = width !== this.#size[0] || height !== this.#size[1];
    this.#size = [width, height];
    if (isOther && this.#isAsFramed()) this.frame();
    this.renderer.setPixelRatio(Math.min(devicePixelRatio, MOST_RATIO));
    this.renderer.setSize(width, height, false);
    this.#draw(); // at once: an empty canvas would flash
  }

  /** Draw soon. */
  invalidate() {
    if (this.#asked) return;
    this.#asked = requestAnimationFrame((now_ms) => {
      this.#asked = 0;
      const seconds = Math.min((now_ms - this.#drawn_ms) / 1000, 0.1);
      this.#drawn_ms = now_ms;
      const moves = this.beforeDraw(seconds);
      this.controls.update();
      this.#draw();
      if (moves) this.invalidate();
    });
  }

  /** The picture as a PNG, `times` as large as it is shown. */
  async picture(times) {
    const [width, height] = this.#size;
    const most = this.renderer.capabilities.maxTextureSize;
    const ratio = Math.min(times, most / width, most / height);
    this.renderer.setPixelRatio(ratio);
    this.renderer.setSize(width, height, false);
    this.#draw();
    const made = new Promise((done, failed) => {
      this.canvas.toBlob(
        (blob) => (blob ? done(blob) : failed(new Error("The browser made no picture."))),
        "image/png",
      );
    });
    this.resize(width, height);
    return made;
  }

  #covered_px() {
    return Math.min(this.covered_px, this.#size[1] * MOST_COVERED);
  }

  #isAsFramed() {
    const [place, target] = this.#framed;
    const reach = STILL * place.distanceTo(target);
    return this.camera.position.distanceTo(place) < reach && this.controls.target.distanceTo(target) < reach;
  }

  /** How far from its middle a camera on that side must stand to see all of a box. */
  #distance_m(box, side) {
    const [width, height] = this.halfSize();
    const whole = Math.tan((FIELD_DEGREES * Math.PI) / 360);
    const tall = (whole * (height - this.#covered_px())) / height;
    const wide = (whole * width) / height;
    const right = new Vector3(0, 1, 0).cross(side).normalize();
    const up = side.clone().cross(right);
    const middle = box.getCenter(new Vector3());
    let far = 0;
    for (let n = 0; n < 8; n++) {
      const corner = new Vector3(
        n & 1 ? box.max.x : box.min.x,
        n & 2 ? box.max.y : box.min.y,
        n & 4 ? box.max.z : box.min.z,
      );
      corner.sub(middle);
      const across = Math.max(Math.abs(corner.dot(right)) / wide, Math.abs(corner.dot(up)) / tall);
      far = Math.max(far, across + corner.dot(side));
    }
    return far;
  }

  #boxOf(which) {
    const [first, ...rest] = this.#subjects.map(which);
    return rest.reduce((box, more) => box.union(more), first?.clone() ?? new Box3());
  }

  #draw() {
    if (this.renderer.getContext().isContextLost()) return;
    const { renderer, camera, controls } = this;
    const [width, height] = this.halfSize();
    const away = camera.position.distanceTo(controls.target);
    camera.aspect = width / height;
    camera.near = Math.max(away / 500, away - this.#radius_m * 6);
    camera.far = away + this.#radius_m * 8;
    camera.setViewOffset(width, height, 0, -this.#covered_px() / 2, width, height); // and updates the projection
    renderer.info.reset();
    renderer.setScissorTest(this.#subjects.length > 1);
    for (let n = 0; n < Math.max(this.#subjects.length, 1); n++) {
      for (const [m, subject] of this.#subjects.entries()) subject.object.visible = m === n;
      renderer.setViewport(n * width, 0, width, height);
      renderer.setScissor(n * width, 0, width, height);
      renderer.render(this.scene, camera);
    }
    this.afterDraw();
  }
}
