/** Features in the groups that people look for them in. Pure. A feature that nobody foresaw has its place, too. */
import { featureWords } from "../words.js";

const makesFromNothing = (feature) => !feature.inputs.some((slot) => slot.kind === "mesh");
const named = (pattern) => (feature) => pattern.test(feature.name);

const GROUPS = [
  { name: "generate", words: "Generate", holds: makesFromNothing },
  { name: "paint", words: "Paint", holds: named(/paint/) },
  { name: "split", words: "Split", holds: named(/segment|split/) },
  { name: "complete", words: "Complete", holds: named(/complet/) },
  { name: "rig", words: "Rig", holds: named(/rig/) },
  { name: "convert", words: "Convert", holds: named(/conver/) },
  { name: "more", words: "More", holds: () => true },
];

// The first of a group is the one that it opens with.
const ORDER = [
  "image_to_textured_mesh",
  "image_to_raw_mesh",
  "text_to_textured_mesh",
  "text_to_raw_mesh",
  "text_mesh_painting",
  "image_mesh_painting",
];
const SHORT = {
  image_to_textured_mesh: "Image, textured",
  image_to_raw_mesh: "Image, plain",
  text_to_textured_mesh: "Text, textured",
  text_to_raw_mesh: "Text, plain",
  text_mesh_painting: "By text",
  image_mesh_painting: "By image",
};

/** The groups that have a feature, each with its features in order: [{name, words, features}]. */
export function groupsOf(features) {
  const made = GROUPS.map(({ name, words }) => ({ name, words, features: [] }));
  for (const feature of features) {
    made[GROUPS.findIndex((group) => group.holds(feature))].features.push(feature);
  }
  for (const group of made) group.features.sort((a, b) => rank(a) - rank(b));
  return made.filter((group) => group.features.length);
}

/** A feature's name beside others of its group. */
export function shortWords(feature) {
  return SHORT[feature.name] ?? featureWords(feature.name);
}

function rank(feature) {
  const at = ORDER.indexOf(feature.name);
  return at < 0 ? ORDER.length : at;
}
