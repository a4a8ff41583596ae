/** What the form would send now, apart from how it is sent. Pure. */
import { HeldFile } from "./held.js";
import { slotsOfKind } from "./offer.js";

/**
 * @typedef {{route: string, fields: object, files: {slot: string, held: HeldFile}[], format: string}} Wanted
 * `fields` are those of the JSON body, without the files; `format` is that of the result, "" if not told.
 */

/** The request for a feature, and what is still missing: {wanted, problems: [{key, text}]}; the key of an input is its name. */
export function wantedOf({ feature, modelId, inputs, form }) {
  const { fields, problems } = form.collect();
  const files = [];
  const missing = [];
  for (const slot of feature.inputs) {
    const held = inputs.get(slot.name);
    if (held instanceof HeldFile) {
      files.push({ slot: slot.name, held });
      if (held.refused) missing.push({ key: slot.name, text: held.problem });
    } else if (held) fields.input_job_id = held.job.job_id;
    else if (slot.required) missing.push({ key: slot.name, text: missingWords(slot, feature) });
  }
  // The first model is what the server takes by itself; options are of one model, so that one is named.
  if (modelId !== feature.models[0] || fields.model_parameters) fields.model_preference = modelId;
  return { wanted: { route: feature.route, fields, files, format: form.format }, problems: [...missing, ...problems] };
}

function missingWords(slot, feature) {
  if (slot.kind === "mesh") return "A mesh is needed: drop or choose one, or take a result from the history.";
  const further = slotsOfKind(feature, "image").length > 1;
  return further
    ? "A picture of the front is needed: drop, paste or choose one."
    : "A picture is needed: drop, paste or choose one.";
}
