/** The cards in their order, newest first. Knows nothing of the server. */
import { Card } from "./card.js";
import { newestFirst } from "./jobs.js";

/** Cards in a list element. `act` goes to each card. */
export class CardList {
  #element;
  #act;
  #cards = [];
  #byId = new Map();
  #isVisible = () => true;
  #shownId = "";

  constructor(element, act) {
    this.#element = element;
    this.#act = act;
    element.addEventListener("keydown", (event) => this.#move(event));
  }

  /** Make a card, or change the one there is. */
  put(job) {
    let card = this.#byId.get(job.job_id);
    if (card) card.update(job);
    else card = this.#insert(job);
    card.element.hidden = !this.#isVisible(job);
  }

  /** Take a card out. The focus, if it was there, goes to the next one. */
  remove(jobId) {
    const card = this.#byId.get(jobId);
    if (!card) return;
    const hadFocus = card.element.contains(document.activeElement);
    const at = this.#cards.indexOf(card);
    this.#cards.splice(at, 1);
    this.#byId.delete(jobId);
    card.element.remove();
    const next = this.#visible(at, 1) ?? this.#visible(at - 1, -1);
    if (hadFocus) (next ?? this.#element).focus();
  }

  clear() {
    this.#cards = [];
    this.#byId.clear();
    this.#element.replaceChildren();
  }

  /** Show those alone of which `isVisible(job)` is true. Answers how many. */
  filter(isVisible) {
    this.#isVisible = isVisible;
    let shown = 0;
    for (const { element, job } of this.#cards) {
      element.hidden = !isVisible(job);
      shown += element.hidden ? 0 : 1;
    }
    return shown;
  }

  /** Say which job's result is in the view; "" for none. */
  mark(shownId) {
    this.#shownId = shownId;
    for (const card of this.#cards) this.#markOne(card);
  }

  /** Let time pass on the cards of these jobs. */
  tick(jobs) {
    for (const { job_id: id } of jobs) this.#byId.get(id)?.tick();
  }

  #insert(job) {
    const card = new Card(job, this.#act);
    let low = 0;
    for (let high = this.#cards.length; low < high;) {
      const middle = (low + high) >> 1;
      if (newestFirst(this.#cards[middle].job, job) < 0) low = middle + 1;
      else high = middle;
    }
    this.#element.insertBefore(card.element, this.#cards[low]?.element ?? null);
    this.#cards.splice(low, 0, card);
    this.#byId.set(job.job_id, card);
    this.#markOne(card);
    return card;
  }

  #markOne(card) {
    const isShown = card.job.job_id === this.#shownId;
    card.mark({ isShown, isComparable: this.#shownId !== "" });
  }

  /** The first card from `at` on, in steps of 1 or -1, that is not filtered out. */
  #visible(at, step) {
    for (let i = at; i >= 0 && i < this.#cards.length; i += step) {
      if (!this.#cards[i].element.hidden) return this.#cards[i];
    }
    return null;
  }

  /** Up and down go from card to card. */
  #move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const at = this.#cards.findIndex((card) => card.element.contains(event.target));
    if (!step || at < 0 || event.target.closest("summary")) return;
    const next = this.#visible(at + step, step);
    if (!next) return;
    event.preventDefault();
    next.focus(event.target.dataset.act);
  }
}
