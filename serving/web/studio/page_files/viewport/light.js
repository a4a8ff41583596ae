/** Neutral light: a grey room with bright panels, made here, so that metals have something to reflect. */
import { BackSide, BoxGeometry, Color, DirectionalLight, Mesh, MeshBasicMaterial, PMREMGenerator, Scene } from "three";

// x, y, z of a panel's middle, its width, height, depth, and how bright it is; the room is 10 wide and high.
const PANELS = [
  [0, 4.9, 0, 5, 0.1, 5, 9],
  [-4.9, 1.5, 1, 0.1, 4, 4, 6],
  [4.9, 1, -1, 0.1, 3, 5, 3.5],
  [1, 1, 4.9, 5, 3, 0.1, 2.5],
  [-1, 2, -4.9, 4, 3, 0.1, 3],
];
const BLUR = 0.03;

/** The room as a render target whose texture is an environment. The caller disposes of it. */
export function makeEnvironment(renderer) {
  const room = new Scene();
  const box = new BoxGeometry(1, 1, 1);
  const add = (colour, size, place, side) => {
    const mesh = new Mesh(box, new MeshBasicMaterial({ color: colour, ...(side === undefined ? {} : { side }) }));
    mesh.scale.set(...size);
    mesh.position.set(...place);
    room.add(mesh);
  };
  add(new Color(0.55, 0.55, 0.56), [10, 10, 10], [0, 0, 0], BackSide);
  add(new Color(0.28, 0.27, 0.26), [9.9, 0.1, 9.9], [0, -4.9, 0]);
  for (const [x, y, z, width, height, depth, bright] of PANELS) {
    add(new Color().setScalar(bright), [width, height, depth], [x, y, z]);
  }
  const maker = new PMREMGenerator(renderer);
  const target = maker.fromScene(room, BLUR);
  maker.dispose();
  for (const mesh of room.children) mesh.material.dispose();
  box.dispose();
  return target;
}

/** A soft key light from the front left, for shape. */
export function keyLight() {
  const light = new DirectionalLight(0xffffff, 0.9);
  light.position.set(-0.6, 1.4, 1);
  return light;
}
