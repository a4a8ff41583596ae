/** A surface coloured by how much one bone moves it: dark violet for nothing, yellow for all. */
import { Color, DoubleSide, MeshStandardMaterial } from "three";

// Stops of the "plasma" map, which people with red-green blindness read as well.
export const WEIGHT_STOPS = ["#2a1a6e", "#9c179e", "#ed7953", "#f0f921"];
const DECLARED = "uniform float chosenBone;\nvarying float boneWeight;\n";
const COUNTED = "\nboneWeight = dot(skinWeight, step(abs(skinIndex - vec4(chosenBone)), vec4(0.5)));";
const PAINTED = `
  float place = clamp(boneWeight, 0.0, 1.0) * 3.0;
  diffuseColor.rgb = place < 1.0 ? mix(weightStops[0], weightStops[1], place)
    : place < 2.0 ? mix(weightStops[1], weightStops[2], place - 1.0)
    : mix(weightStops[2], weightStops[3], place - 2.0);`;

/** The material of one skinned mesh. `choose(index)` says which bone of the mesh's skeleton; -1 for none. */
export function weightMaterial(flat) {
  const chosen = { value: -1 };
  const stops = { value: WEIGHT_STOPS.map((stop) => new Color(stop)) };
  const material = new MeshStandardMaterial({ roughness: 0.8, metalness: 0, side: DoubleSide, flatShading: flat });
  material.onBeforeCompile = (shader) => {
    shader.uniforms.chosenBone = chosen;
    shader.uniforms.weightStops = stops;
    shader.vertexShader =
      DECLARED + shader.vertexShader.replace("#include <begin_vertex>", `#include <begin_vertex>${COUNTED}`);
    shader.fragmentShader = `uniform vec3 weightStops[4];\nvarying float boneWeight;\n${shader.fragmentShader.replace(
      "#include <color_fragment>",
      `#include <color_fragment>${PAINTED}`,
    )}`;
  };
  material.customProgramCacheKey = () => "bone weights";
  return {
    material,
    choose: (index) => {
      chosen.value = index;
    },
  };
}
