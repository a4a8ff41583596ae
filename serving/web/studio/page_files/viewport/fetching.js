/** Files of the server as bytes, with how far they are; what is still being converted is asked for again. */
import { ApiError, send } from "../api.js";

const MOST_WAITING_MS = 15 * 60_000;
const WAITS_FOR = new Set([409, 429, 503]);

/**
 * Fetch a file. `tell({percent})` is called as it comes, percent null where its length is not known, and
 * `tell({wait_s})` when the server is not ready and is asked again. Answers {blob, name, warnings}.
 * Throws ApiError, and what `signal` was ended with.
 */
export async function fetchFile(path, { signal, tell }) {
  const response = await patiently(path, signal, tell);
  const pieces = [];
  const total = Number(response.headers.get("Content-Length")) || 0;
  let got = 0;
  const reader = response.body.getReader();
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      pieces.push(step.value);
      got += step.value.length;
      tell({ percent: total ? Math.min(100, Math.round((100 * got) / total)) : null });
    }
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, "OFFLINE", "The connection was lost while the file was coming.");
  }
  return {
    blob: new Blob(pieces, { type: response.headers.get("Content-Type") ?? "" }),
    name: nameIn(response.headers.get("Content-Disposition") ?? ""),
    warnings: warningsIn(response.headers.get("X-Warnings")),
  };
}

async function patiently(path, signal, tell) {
  const until_ms = performance.now() + MOST_WAITING_MS;
  for (;;) {
    try {
      return await send(path, { signal });
    } catch (error) {
      const waits = error instanceof ApiError && error.retryAfter_s && WAITS_FOR.has(error.status);
      if (!waits || performance.now() > until_ms) throw error;
      tell({ wait_s: error.retryAfter_s });
      await pause(error.retryAfter_s * 1000, signal);
    }
  }
}

function pause(time_ms, signal) {
  return new Promise((done, failed) => {
    const ended = () => {
      clearTimeout(timer);
      failed(signal.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", ended);
      done();
    }, time_ms);
    signal?.addEventListener("abort", ended, { once: true });
  });
}

/** The name that a Content-Disposition gives; "" for none. */
export function nameIn(header) {
  const found = /filename\*=UTF-8''([^;]+)|filename="([^"]*)"|filename=([^;]+)/i.exec(header);
  if (!found) return "";
  return found[1] ? decodeURIComponent(found[1]) : (found[2] ?? found[3]).trim();
}

function warningsIn(header) {
  if (!header) return [];
  try {
    return JSON.parse(header).map((row) => row.message);
  } catch {
    return [];
  }
}

/** Hand a blob to the person as a file. */
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
