/** All inputs of a feature: what must be there as large cards, further views and pictures as a list that unfolds. */
import { el, fill } from "../dom.js";
import { takesViews } from "./offer.js";
import { SlotCard } from "./slot_card.js";
import { viewOfSlot } from "./views.js";
import { slotWords } from "./wording.js";

/** {element, show(feature), problem(slot, text), card(slot)} */
export class InputsSection {
  constructor(inputs, intake, offer) {
    Object.assign(this, { inputs, intake, offer, cards: new Map() });
    this.element = el("div", { class: "composer-inputs" });
    inputs.addEventListener("change", (event) => this.#redraw(event.detail.slots));
  }

  /** Make the cards of a feature. */
  show(feature) {
    const hasViews = takesViews(feature);
    const pictures = feature.inputs.filter((slot) => slot.kind === "image");
    const places = pictures.map((slot) => ({ name: slot.name, words: slotWords(slot, hasViews) }));
    this.cards = new Map(
      feature.inputs.map((slot) => [
        slot.name,
        new SlotCard(slot, {
          words: slotWords(slot, hasViews),
          isBig: slot.required,
          several: hasViews && slot.name === "image",
          places: slot.kind === "image" ? places : [],
          inputs: this.inputs,
          intake: this.intake,
          formats: this.offer.formats,
        }),
      ]),
    );
    const further = feature.inputs.filter((slot) => !slot.required);
    this.details = null;
    fill(
      this.element,
      ...feature.inputs.filter((slot) => slot.required).map((slot) => this.cards.get(slot.name).element),
      further.length > 0 && this.#further(further),
    );
  }

  card(slot) {
    return this.cards.get(slot);
  }

  #further(slots) {
    const views = slots.some((slot) => viewOfSlot(slot.name));
    this.count = el("span", { class: "soft" });
    this.details = el(
      "details",
      { class: "composer-fold" },
      el("summary", {}, views ? "Further views" : "Further inputs", " ", this.count),
      views &&
        el("p", { class: "soft small" }, "One picture is enough; views from other sides make a far better mesh."),
      el("div", { class: "slot-list" }, ...slots.map((slot) => this.cards.get(slot.name).element)),
    );
    this.further = slots.map((slot) => slot.name);
    this.#tellCount();
    this.details.open = this.further.some((name) => this.inputs.get(name));
    return this.details;
  }

  #tellCount() {
    const filled = this.further.filter((name) => this.inputs.get(name)).length;
    this.count.textContent = filled ? `${filled} of ${this.further.length}` : "optional";
  }

  #redraw(slots) {
    for (const slot of slots) {
      this.cards.get(slot)?.draw();
      if (this.inputs.get(slot) && this.cards.get(slot) && !this.cards.get(slot).isBig && this.details)
        this.details.open = true;
    }
    if (this.details) this.#tellCount();
  }
}
