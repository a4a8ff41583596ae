/** Requests that make one job each, however often they are sent. */
import { postJson } from "./api.js";

/** Remembers the keys of requests until their answers came. */
export class Once {
  #keys = new Map();

  /** POST a body. While no answer has come, the same again is the same to the server. Throws ApiError. */
  async post(route, body = {}) {
    const request = JSON.stringify([route, body]);
    if (!this.#keys.has(request)) this.#keys.set(request, randomKey());
    try {
      const answer = await postJson(route, body, { headers: { "Idempotency-Key": this.#keys.get(request) } });
      this.#keys.delete(request);
      return answer;
    } catch (error) {
      // Without an answer, or with a proxy's, nobody knows whether there is a job: the same key asks again.
      if (error.status > 0 && error.status < 500) this.#keys.delete(request);
      throw error;
    }
  }
}

/** Unguessable; crypto.randomUUID is not there on http:// other than localhost. */
function randomKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
