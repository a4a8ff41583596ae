/** Makes a job of what the form wants: files first, then one request that makes one job, however often it is sent. */
import { Once } from "../once.js";

// An upload that has expired meanwhile, or was made with another key.
const LOST = new Set([404, 410]);

/** Sends what the form wants. */
export class Sender {
  #once = new Once();

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
    return this.#once.post(route, { ...fields, ...Object.fromEntries(ids) });
  }
}
