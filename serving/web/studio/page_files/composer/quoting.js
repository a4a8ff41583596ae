/** Text as a literal of the POSIX shell, of curl, of JSON and of Python, whatever is in it. Pure. */

// What a terminal obeys, or what makes text look like other text: never as it is in something to be pasted.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const UNSEEN_BUT_NEWLINE = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const PLAIN_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/;

/** A word of the shell: 'it'\''s'. Unseen characters are written by printf, as octal bytes. */
export function shellWord(text) {
  const quoted = text
    .replaceAll("'", "'\\''")
    .replace(UNSEEN_BUT_NEWLINE, (found) => `'"$(printf '${octal(found)}')"'`);
  return `'${quoted}'`;
}

/** A file as curl's -F wants it behind the @: plain names as they are, others in quotes, so that ; and , mean nothing. */
export function curlFile(name) {
  if (PLAIN_NAME.test(name)) return name;
  return `"./${name.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

/** JSON of a value, readable, without an unseen character. */
export function jsonText(value) {
  const units = (found) => found.split("").map((unit) => `\\u${hex(unit.charCodeAt(0), 4)}`);
  return JSON.stringify(value).replace(UNSEEN, (found) => units(found).join(""));
}

/** A value of JSON as an expression of Python, over lines if it is an object. */
export function pythonValue(value, indent = "") {
  if (value === null || value === undefined) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value === "string") return pythonText(value);
  if (typeof value === "number") return String(value);
  if (Array.isArray(value)) return `[${value.map((one) => pythonValue(one, indent)).join(", ")}]`;
  const deeper = `${indent}    `;
  const rows = Object.entries(value).map(
    ([name, one]) => `${deeper}${pythonText(name)}: ${pythonValue(one, deeper)},\n`,
  );
  return rows.length ? `{\n${rows.join("")}${indent}}` : "{}";
}

/** A string of Python. */
export function pythonText(text) {
  const escaped = text
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("\n", "\\n")
    .replace(UNSEEN, (found) => `\\U${hex(found.codePointAt(0), 8)}`);
  return `"${escaped}"`;
}

function octal(found) {
  return [...new TextEncoder().encode(found)].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}

function hex(number, digits) {
  return number.toString(16).padStart(digits, "0");
}
