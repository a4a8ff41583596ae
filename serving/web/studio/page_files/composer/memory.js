/** What was set last, for each feature, in this browser, no longer than the API key is kept. Never files. */
import { keyStorage } from "../api.js";

const NAME = "meshkiln.composer";
const PLAIN = new Set(["number", "boolean"]);

/** @typedef {{params: object, options: object, preset: string, model: string, seedLocked: boolean}} Settings options: by model */

/** The memory of this browser. What cannot be read is as if there were none. */
export class Memory {
  constructor() {
    this.kept = read();
  }

  /** The feature that was chosen last; "" for none. */
  get feature() {
    return typeof this.kept.feature === "string" ? this.kept.feature : "";
  }

  set feature(name) {
    this.kept.feature = name;
    this.keep();
  }

  /** What was set for a feature, to be changed; call keep() afterwards. @returns {Settings} */
  of(feature) {
    const told = this.kept.features[feature];
    const settings = isObject(told) ? told : {};
    settings.params = isObject(settings.params) ? settings.params : {};
    settings.options = isObject(settings.options) ? settings.options : {};
    settings.preset = String(settings.preset ?? "");
    settings.model = String(settings.model ?? "");
    settings.seedLocked = settings.seedLocked !== false;
    this.kept.features[feature] = settings;
    return settings;
  }

  /** Forget what was written, of all features: numbers and switches tell nothing of what was made. */
  forgetTexts() {
    for (const name of Object.keys(this.kept.features)) {
      const { params, options } = this.of(name);
      for (const row of [params, ...Object.values(options)]) {
        for (const key of Object.keys(row)) if (!PLAIN.has(typeof row[key])) delete row[key];
      }
    }
    sessionStorage.removeItem(NAME);
    this.keep();
  }

  keep() {
    try {
      keyStorage().setItem(NAME, JSON.stringify(this.kept));
    } catch (error) {
      // Full, or switched off by the browser: the form works as well, it only forgets.
      if (!(error instanceof DOMException)) throw error;
    }
  }
}

function read() {
  try {
    const told = JSON.parse(keyStorage().getItem(NAME) ?? "{}");
    if (isObject(told)) return { ...told, features: isObject(told.features) ? told.features : {} };
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof DOMException)) throw error;
  }
  return { features: {} };
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
