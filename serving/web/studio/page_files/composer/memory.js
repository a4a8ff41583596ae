/** What was set last, for each feature, in this browser. Never files. */

const NAME = "meshkiln.composer";

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

  keep() {
    try {
      localStorage.setItem(NAME, JSON.stringify(this.kept));
    } catch (error) {
      // Full, or switched off by the browser: the form works as well, it only forgets.
      if (!(error instanceof DOMException)) throw error;
    }
  }
}

function read() {
  try {
    const told = JSON.parse(localStorage.getItem(NAME) ?? "{}");
    if (isObject(told)) return { ...told, features: isObject(told.features) ? told.features : {} };
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof DOMException)) throw error;
  }
  return { features: {} };
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
