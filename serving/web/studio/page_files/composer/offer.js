/** What this server can do: features, models, presets, limits of uploads, and what a model's requests may set. */
import { getJson } from "../api.js";

const MIB = 1024 * 1024;
const schemas = new Map();

/**
 * @typedef {{name: string, kind: string, required: boolean, description: string}} Slot
 * @typedef {{name: string, route: string, summary: string, models: string[], inputs: Slot[]}} Feature
 */

/** All of it, asked for at once. Throws ApiError. */
export async function loadOffer() {
  const [features, adapters, presets, uploads] = await Promise.all([
    getJson("/api/v1/system/features"),
    getJson("/api/v1/system/available-adapters"),
    getJson("/api/v1/system/generation-presets"),
    getJson("/api/v1/file-upload/supported-formats"),
  ]);
  schemas.clear();
  return {
    features: features.features,
    adapters: adapters.features,
    presets: presets.quality_presets,
    styles: presets.style_presets,
    formats: uploads.input_formats,
    limits: limitsOf(uploads.upload_limits),
  };
}

/** The JSON schemas of a model's `parameters` and `model_parameters`; asked for once. Throws ApiError. */
export function parametersOf(modelId) {
  if (!schemas.has(modelId)) {
    const asked = getJson(`/api/v1/system/models/${encodeURIComponent(modelId)}/parameters`);
    schemas.set(modelId, asked);
    asked.catch(() => schemas.delete(modelId));
  }
  return schemas.get(modelId);
}

/** The input of a feature by its name; undefined if it has none. */
export function slotOf(feature, name) {
  return feature.inputs.find((slot) => slot.name === name);
}

/** The inputs of a feature that hold an image, or a mesh. */
export function slotsOfKind(feature, kind) {
  return feature.inputs.filter((slot) => slot.kind === kind);
}

/** Whether a feature's pictures are views of one object. */
export function takesViews(feature) {
  return Boolean(slotOf(feature, "image_back"));
}

function limitsOf(told) {
  return {
    bytes: { image: told.image_max_size_mb * MIB, mesh: told.mesh_max_size_mb * MIB },
    image_px: told.image_max_resolution,
  };
}
