/** One event stream of the server, from its beginning to its end. */
import { ApiError, send } from "../api.js";
import { EventParser } from "./sse.js";

const ADDRESS = "/api/v1/system/events";
// The server says something every 15 s: after this long nothing can be there any more.
const SILENCE_MS = 40_000;

/**
 * Events as they arrive: yields lists of [{id, name, data}], empty ones too (a sign of life). Ends when the connection
 * does, or when `signal` is aborted; throws ApiError where the server refuses or cannot be reached.
 */
export async function* events(lastId, signal) {
  const silence = new AbortController();
  const either = AbortSignal.any([signal, silence.signal]);
  let watch = setTimeout(() => silence.abort(), SILENCE_MS);
  try {
    const reader = await opened(lastId, either);
    const parser = new EventParser(lastId);
    for (;;) {
      const piece = reader && (await pieceOf(reader));
      if (!piece) return;
      clearTimeout(watch);
      watch = setTimeout(() => silence.abort(), SILENCE_MS);
      yield { events: parser.take(piece), lastId: parser.lastId };
    }
  } finally {
    clearTimeout(watch);
    silence.abort(); // whoever stops listening hangs up
  }
}

/** A reader of text; null where it was given up before an answer came. */
async function opened(lastId, signal) {
  try {
    const headers = lastId ? { "Last-Event-ID": lastId } : {};
    const response = await send(ADDRESS, { headers, signal, cache: "no-store" });
    return response.body.pipeThrough(new TextDecoderStream()).getReader();
  } catch (error) {
    if (error instanceof ApiError) throw error;
    return null;
  }
}

/** The next text; null at the end, also where the connection was cut. */
async function pieceOf(reader) {
  try {
    const { done, value } = await reader.read();
    return done ? null : value;
  } catch {
    return null;
  }
}
