/**
 * A request as commands of the shell, with curl, sed and grep: they make the job, wait, and fetch the mesh. Pure.
 * In brackets, so that they end neither the terminal into which they are pasted nor change anything in it.
 */
import { curlFile, jsonText, shellWord } from "./quoting.js";

/** @param {import("./request.js").Wanted} wanted @param {{base: string, hasKey: boolean}} server base without a slash at its end */
export function curlText(wanted, { base, hasKey }) {
  const key = hasKey ? [`: "\${MESHKILN_KEY:?set MESHKILN_KEY to your API key}"`] : [];
  const header = hasKey ? ` -H "Authorization: Bearer $MESHKILN_KEY"` : "";
  const { ending, query } = resultOf(wanted.format);
  return [
    "(",
    "set -eu",
    ...key,
    `server=${shellWord(base)}`,
    `ask() { curl -sS${header} "$@"; }`,
    "",
    ...submit(wanted),
    `job=$(printf '%s' "$answer" | sed -n 's/.*"job_id": *"\\([0-9a-zA-Z_-]*\\)".*/\\1/p')`,
    `[ -n "$job" ] || { printf '%s\\n' "$answer" >&2; exit 1; }`,
    "",
    "state=queued",
    `while [ "$state" = queued ] || [ "$state" = processing ]; do`,
    `  answer=$(ask "$server/api/v1/system/jobs/$job?wait=25")`,
    `  state=$(printf '%s' "$answer" | grep -o '"status": *"[a-z]*"' | head -n 1 | cut -d '"' -f 4)`,
    "done",
    `[ "$state" = completed ] || { printf '%s\\n' "$answer" >&2; exit 1; }`,
    "",
    `ask -f -o "$job.${ending}" "$server/api/v1/system/jobs/$job/download${query}"`,
    `echo "$job.${ending}"`,
    ")",
    "",
  ].join("\n");
}

/** What the file of a result is called, and how it is asked for: an OBJ comes with its materials and pictures. */
export function resultOf(format) {
  const known = /^[a-z0-9]{1,8}$/.test(format) ? format : "glb";
  return known === "obj" ? { ending: "zip", query: "?bundle=zip" } : { ending: known, query: "" };
}

function submit({ route, fields, files }) {
  if (!files.length) {
    const body = `-d ${shellWord(jsonText(fields))})`;
    return [[`answer=$(ask "$server"${shellWord(route)}`, "-H 'Content-Type: application/json'", body].join(" \\\n  ")];
  }
  const lines = [`answer=$(ask "$server"${shellWord(`${route}-upload`)}`];
  for (const { slot, held } of files) lines.push(`-F ${shellWord(`${slot}_file=@${curlFile(held.name)}`)}`);
  for (const [name, value] of Object.entries(fields)) {
    const text = typeof value === "string" ? value : jsonText(value);
    lines.push(`--form-string ${shellWord(`${name}=${text}`)}`); // unlike -F, it gives no meaning to @ and <
  }
  return [`${lines.join(" \\\n  ")})`];
}
