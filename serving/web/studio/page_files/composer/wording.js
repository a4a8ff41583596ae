/** How the form calls its things: fields, inputs, models. Pure. */
import { sentence } from "../words.js";
import { viewOfSlot } from "./views.js";

const UNITS = { _m: " (m)", _px: " (px)", _s: " (s)", _mm: " (mm)" };

/** A text of the server's with a capital; names in it stay as they are. */
export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "target_height_m" as "Target height (m)". */
export function labelWords(name) {
  const ending = Object.keys(UNITS).find((one) => name.endsWith(one));
  return ending ? sentence(name.slice(0, -ending.length)) + UNITS[ending] : sentence(name);
}

/** An input: by its view where its feature has views. */
export function slotWords(slot, hasViews) {
  const view = hasViews ? viewOfSlot(slot.name) : "";
  if (view) return sentence(view);
  return slot.name === "image" ? "Picture" : sentence(slot.name.replace(/^(.+)_image$/, "$1 picture"));
}

/** "trellis_image_to_raw_mesh" as "Trellis", when the feature is known anyway. */
export function modelWords(modelId, feature) {
  const ending = `_${feature.name}`;
  return sentence(modelId.endsWith(ending) ? modelId.slice(0, -ending.length) : modelId);
}
