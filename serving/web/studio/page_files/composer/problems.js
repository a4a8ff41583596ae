/** What an answer found wrong, and at which field it belongs. Pure. */

import { asSentence } from "../words.js";

const WAYS = /_(file_id|base64|path|file|job_id)$/;

/** Rows [{key, text}] of an ApiError; the key "" is for the form as a whole. `keys` are the fields and inputs there are. */
export function problemsOf(error, keys) {
  const known = new Set(keys);
  if (Array.isArray(error.detail) && error.detail.length) {
    return error.detail.map((row) => {
      const path = (row.loc ?? []).slice(1).map(String);
      const key = [path.slice(0, 2).join("."), path[0], plain(path[0])].find((one) => known.has(one));
      return key
        ? { key, text: `${row.msg}.` }
        : { key: "", text: [path.join("."), row.msg].filter(Boolean).join(": ") };
    });
  }
  const first = /^\w+/.exec(error.message ?? "")?.[0] ?? "";
  const key = [first, plain(first), first === "input_job_id" ? "mesh" : ""].find((one) => one && known.has(one));
  return [{ key: key ?? "", text: generalWords(error) }];
}

function plain(name) {
  return name?.replace(WAYS, "");
}

function generalWords(error) {
  const again = error.retryAfter_s ? ` Try again in ${error.retryAfter_s} s.` : "";
  if (error.status === 429) return `Too much at once: ${error.message}.${again || " Try again in a while."}`;
  if (error.status === 503) return `The server is busy: ${error.message}.${again || " Try again in a while."}`;
  if (error.status === 0)
    return `${error.message} Send it again when it can be: even if the job got there, it makes no second one.`;
  return asSentence(error.message);
}
