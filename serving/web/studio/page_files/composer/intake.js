/** Files and earlier results on their way into the form: which kind they are, whether they will do, where they go. */
import { fileUrl } from "../api.js";
import { say } from "../bus.js";
import { featureWords, size } from "../words.js";
import { HeldFile, HeldJob } from "./held.js";
import { slotOf, slotsOfKind, takesViews } from "./offer.js";
import { slotsFor, viewOfSlot } from "./views.js";

const KIND_WORDS = { image: "a picture", mesh: "a mesh" };

/** `host` is the composer: {offer, features, feature, group (its features), choose(featureName)}. */
export class Intake {
  constructor(inputs, host) {
    this.inputs = inputs;
    this.host = host;
  }

  /** Files that were dropped, chosen or pasted; on one input where `slot` names it. */
  async take(files, { slot = "", origin = "file" } = {}) {
    const good = [...files].filter((file) => this.#isGood(file));
    const of = (kind) => good.filter((file) => this.#kindOf(file) === kind);
    const target = slot && slotOf(this.host.feature, slot);
    if (target && good.length === 1 && this.#kindOf(good[0]) === target.kind) return this.#hold(slot, good[0], origin);
    const taken = [];
    if (of("image").length) taken.push(this.#takeImages(of("image"), origin));
    if (of("mesh").length) taken.push(this.#takeMesh(of("mesh"), origin));
    return Promise.all(taken);
  }

  /** The mesh of a job, for a feature; "" leaves the feature to us. */
  async takeJob(job, wanted) {
    const { features } = this.host;
    const named = features.find((feature) => feature.name === wanted);
    const feature = named ?? [this.host.feature, ...features].find((one) => slotsOfKind(one, "mesh").length);
    const slot = feature && slotsOfKind(feature, "mesh")[0];
    if (!slot) return say("alert", { text: "Nothing here takes a mesh as its input.", kind: "error" });
    await this.host.choose(feature.name);
    const held = new HeldJob(job, job.title || featureWords(job.feature));
    this.inputs.put(slot.name, held);
    say("pane", { name: "composer" });
    say("announce", { text: `${held.name} is the mesh for ${featureWords(feature.name)}` });
    return this.#thumbnail(held, slot.name);
  }

  /** Begin the uploads that the present feature needs. What goes wrong stands beside each file. */
  sendAhead() {
    for (const slot of this.host.feature.inputs) {
      const held = this.inputs.get(slot.name);
      if (!(held instanceof HeldFile) || held.state !== "waiting") continue;
      held.uploaded().catch((error) => error.status === 401 && say("key-needed"));
    }
  }

  #kindOf(file) {
    const ending = /\.([^.]+)$/.exec(file.name.toLowerCase())?.[1] ?? "";
    const kinds = Object.entries(this.host.offer.formats);
    const byName = kinds.find(([, endings]) => endings.includes(ending))?.[0];
    return byName ?? (file.type.startsWith("image/") ? "image" : "");
  }

  #isGood(file) {
    const kind = this.#kindOf(file);
    const { formats, limits } = this.host.offer;
    if (!kind) {
      const known = `a picture (${formats.image.join(", ")}) nor a mesh (${formats.mesh.join(", ")})`;
      return refuse(`${file.name} is neither ${known}.`);
    }
    const most_bytes = limits.bytes[kind];
    if (file.size > most_bytes) {
      return refuse(
        `${file.name} is too large: ${size(file.size)}; this server takes ${KIND_WORDS[kind]} of up to ${size(most_bytes)}.`,
      );
    }
    return file.size > 0 || refuse(`${file.name} is empty.`);
  }

  async #takeImages(files, origin) {
    const feature = this.#featureFor("image");
    if (!feature) {
      const name = featureWords(this.host.feature.name);
      return refuse(`${files[0].name} is a picture; ${name} takes none. To make a mesh of it, choose Generate.`);
    }
    await this.#change(feature, "image");
    const hasViews = takesViews(feature);
    const single = slotsOfKind(feature, "image")[0].name;
    const slots = hasViews
      ? slotsFor(files.map((file) => file.name))
      : files.map((_, index) => (index ? null : single));
    if (hasViews && files.length > 1) this.#clearViews(feature);
    const left = files.filter((_, index) => !slots[index]).map((file) => file.name);
    if (left.length)
      refuse(`${left.join(", ")}: left out; ${hasViews ? "six views are the most" : "one picture is used"}.`);
    return Promise.all(files.map((file, index) => slots[index] && this.#hold(slots[index], file, origin)));
  }

  /** Several pictures at once are a new object: no view of the last one may stay among them. */
  #clearViews(feature) {
    for (const slot of feature.inputs) if (viewOfSlot(slot.name)) this.inputs.remove(slot.name);
  }

  async #takeMesh([file, ...others], origin) {
    if (others.length) refuse(`${others.map((one) => one.name).join(", ")}: left out; one mesh is used.`);
    const feature = this.#featureFor("mesh");
    await this.#change(feature ?? this.host.feature, "mesh");
    const slot = feature ? slotsOfKind(feature, "mesh")[0].name : "mesh";
    if (!feature) {
      say("alert", { text: `${file.name} is kept: choose Paint, Split or another that takes a mesh.`, kind: "info" });
    }
    return this.#hold(slot, file, origin);
  }

  /** The present feature if it takes such a file, else one beside it; undefined if none does. */
  #featureFor(kind) {
    return [this.host.feature, ...this.host.group].find((feature) => slotsOfKind(feature, kind).length);
  }

  async #change(feature, kind) {
    if (feature === this.host.feature) return;
    await this.host.choose(feature.name);
    say("alert", {
      text: `${featureWords(feature.name)} is chosen, since it takes ${KIND_WORDS[kind]}.`,
      kind: "info",
    });
  }

  async #hold(slot, file, origin) {
    const held = new HeldFile(this.#kindOf(file), file, origin);
    this.inputs.put(slot, held);
    say("announce", { text: `${file.name} is taken` });
    if (held.kind === "mesh" && /\.glb$/i.test(file.name)) say("preview", { url: held.url, name: file.name });
    if (held.kind === "image") await this.#measure(held);
    if (slotOf(this.host.feature, slot) && this.inputs.get(slot) === held) this.sendAhead();
  }

  /** Refuse a picture that the server would find too large. A kind that the browser cannot show passes. */
  async #measure(held) {
    const picture = new Image();
    picture.src = held.url;
    try {
      await picture.decode();
    } catch {
      return; // the server says whether it is one
    }
    const [width, height] = this.host.offer.limits.image_px;
    if (picture.naturalWidth > width || picture.naturalHeight > height) {
      held.refuse(
        `It has ${picture.naturalWidth} × ${picture.naturalHeight} pixels; ${width} × ${height} are the most.`,
      );
    }
  }

  async #thumbnail(held, slot) {
    if (!held.job.thumbnail_url) return;
    try {
      held.url = await fileUrl(held.job.thumbnail_url);
    } catch (error) {
      if (error.status === undefined) throw error;
      return; // a result without its picture is an input as good
    }
    held.drop = () => held.url.startsWith("blob:") && URL.revokeObjectURL(held.url);
    if (this.inputs.get(slot) === held) held.dispatchEvent(new Event("change"));
  }
}

function refuse(text) {
  say("alert", { text, kind: "error" });
  return false;
}
