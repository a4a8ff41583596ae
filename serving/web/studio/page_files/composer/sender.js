/** Makes a job of what the form wants: files first, then one request that makes one job, however often it is sent. */
import { postJson } from "../api.js";

// An upload that has expired meanwhile, or was made with another key.
const LOST = new Set([404, 410]);

/** Remembers the key of a request until its answer came. */
export class Sender {
  #key = "";
  #sent = "";

  /** Send it. Answers a JobAccepted. Throws ApiError. @param {import("./request.js").Wanted} wanted */
  async send(wanted) {
    try {
      return await this.#submit(wanted);
    } catch (error) {
      if (!LOST.has(error.status) || !wanted.files.length) throw error;
      for (const { held } of wanted.files) held.forget();
      return this.#submit(wanted);
    }
  }

  async #submit({ route, fields, files }) {
    const ids = await Promise.all(files.map(async ({ slot, held }) => [`${slot}_file_id`, await held.uploaded()]));
    const body = { ...fields, ...Object.fromEntries(ids) };
    const text = JSON.stringify([route, body]);
    if (text !== this.#sent) this.#key = randomKey();
    this.#sent = text;
    try {
      const answer = await postJson(route, body, { headers: { "Idempotency-Key": this.#key } });
      this.#sent = "";
      return answer;
    } catch (error) {
      // Without an answer, or with a proxy's, nobody knows whether there is a job: the same key asks again.
      if (error.status > 0 && error.status < 500) this.#sent = "";
      throw error;
    }
  }
}

/** Unguessable; crypto.randomUUID is not there on http:// other than localhost. */
export function randomKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
