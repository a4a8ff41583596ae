/**
 * Server-sent events taken apart by hand: the browser's own EventSource sends no header, and an API key must not stand in
 * an address. Knows the format, nothing of jobs.
 */

/** Gathers text as it arrives and gives out the events that are whole. */
export class EventParser {
  #rest = "";
  #name = "";
  #data = [];
  #id = "";
  /** The id of the last event, to be sent as Last-Event-ID; "" before the first. */
  lastId;
  /** What the server wishes as the pause before coming again, in ms; null when it has not said. */
  retryMs = null;

  constructor(lastId = "") {
    this.#id = this.lastId = lastId;
  }

  /** The events that this piece completes, in order: [{id, name, data}]. */
  take(text) {
    this.#rest += text;
    // A carriage return at the end may be the first half of a line's end.
    const whole = this.#rest.endsWith("\r") ? this.#rest.slice(0, -1) : this.#rest;
    const lines = whole.split(/\r\n|\n|\r/);
    this.#rest = lines.pop() + this.#rest.slice(whole.length);
    return lines.map((line) => this.#line(line)).filter((event) => event !== null);
  }

  #line(line) {
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.#name = value;
    else if (field === "data") this.#data.push(value);
    else if (field === "id" && !value.includes("\0")) this.#id = value;
    else if (field === "retry" && /^\d+$/.test(value)) this.retryMs = Number(value);
    return null; // a comment, or a field that is not known
  }

  #dispatch() {
    this.lastId = this.#id;
    const event = { id: this.#id, name: this.#name || "message", data: this.#data.join("\n") };
    const isEmpty = this.#data.length === 0;
    this.#name = "";
    this.#data = [];
    return isEmpty ? null : event;
  }
}
