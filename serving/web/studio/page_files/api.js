/** Requests to this server: its address, the API key, and errors as sentences. */

/** The server's own address, whatever prefix a proxy adds: this file lies at <root>/studio/<digest>/api.js. */
export const ROOT = new URL("../../", import.meta.url);
const KEY_NAME = "meshkiln.key";

/**
 * An answer that was not as hoped for. `status` is 0 when no answer came; `retryAfter_s` is null when not told; `detail`
 * is a list of [{loc, msg}] where fields of a body were wrong.
 */
export class ApiError extends Error {
  constructor(status, code, message, retryAfter_s = null, detail = null) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfter_s = retryAfter_s;
    this.detail = detail;
  }
}

/** The address of a path of the server ("/api/v1/…"), behind whatever prefix it stands. */
export function address(path) {
  return new URL(path.replace(/^\//, ""), ROOT).href;
}

/** The API key that this browser keeps; "" for none. It lives as long as the tab, or for good where that was wished. */
export function apiKey() {
  return sessionStorage.getItem(KEY_NAME) ?? localStorage.getItem(KEY_NAME) ?? "";
}

/** Where what is told with the key may be kept: no longer than the key itself. */
export function keyStorage() {
  return sessionStorage.getItem(KEY_NAME) === null ? localStorage : sessionStorage;
}

/** Keep a key ("" forgets it): for this tab, or for good. */
export function keepKey(key, forGood) {
  const [keeps, other] = forGood ? [localStorage, sessionStorage] : [sessionStorage, localStorage];
  other.removeItem(KEY_NAME);
  if (key) keeps.setItem(KEY_NAME, key);
  else keeps.removeItem(KEY_NAME);
}

/** Headers of a request, with the key if there is one and the request brings none itself. */
export function headers(more = {}) {
  const key = apiKey();
  return key ? { Authorization: `Bearer ${key}`, ...more } : more;
}

/** Send a request. Answers the Response of a success; throws ApiError otherwise. */
export async function send(path, options = {}) {
  let response;
  try {
    response = await fetch(address(path), { ...options, headers: headers(options.headers) });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0, "OFFLINE", "The server cannot be reached.");
  }
  if (!response.ok) throw await problem(response);
  return response;
}

/** The JSON of an answer. Throws ApiError. */
export async function getJson(path, options = {}) {
  return (await send(path, options)).json();
}

/** Send JSON, answer JSON. Throws ApiError. */
export async function postJson(path, body = {}, options = {}) {
  const more = { ...options.headers, "Content-Type": "application/json" };
  return getJson(path, { ...options, method: "POST", body: JSON.stringify(body), headers: more });
}

/** A file of the server as an address for <img> and links; the caller revokes it. With a key it must be fetched. */
export async function fileUrl(path) {
  if (!apiKey()) return address(path);
  return URL.createObjectURL(await (await send(path)).blob());
}

async function problem(response) {
  const retryAfter_s = Number(response.headers.get("Retry-After")) || null;
  try {
    const body = await response.json();
    return new ApiError(
      response.status,
      body.error ?? "API_ERROR",
      body.message ?? body.error,
      retryAfter_s,
      body.detail,
    );
  } catch {
    return new ApiError(response.status, "API_ERROR", `The server answered ${response.status}.`, retryAfter_s);
  }
}
