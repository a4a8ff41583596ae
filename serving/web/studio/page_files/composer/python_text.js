/** A request as a program of Python's standard library: it makes the job, waits, and fetches the mesh. Pure. */
import { pythonText, pythonValue } from "./quoting.js";
import { resultOf } from "./curl_text.js";

/** @param {import("./request.js").Wanted} wanted @param {{base: string, hasKey: boolean}} server base without a slash at its end */
export function pythonProgram(wanted, { base, hasKey }) {
  const hasFiles = wanted.files.length > 0;
  const { ending, query } = resultOf(wanted.format);
  const modules = ["json", hasKey && "os", "urllib.error", "urllib.request", hasFiles && "uuid"].filter(Boolean);
  return [
    ...modules.map((name) => `import ${name}`),
    "from pathlib import Path",
    "",
    `SERVER = ${pythonText(base)}`,
    `HEADERS = ${hasKey ? `{"Authorization": f"Bearer {os.environ['MESHKILN_KEY']}"}` : "{}"}`,
    "",
    "",
    ASK,
    "",
    "",
    ...(hasFiles ? [FORM, "", ""] : []),
    `fields = ${pythonValue(wanted.fields)}`,
    ...(hasFiles ? sendForm(wanted) : sendJson(wanted)),
    'job = json.loads(answer)["job_id"]',
    "",
    "while True:",
    '    status = json.loads(ask(f"/api/v1/system/jobs/{job}?wait=25"))',
    '    if status["status"] not in ("queued", "processing"):',
    "        break",
    'if status["status"] != "completed":',
    "    raise SystemExit(f\"{status['status']}: {status['error']}\")",
    "",
    `out = Path(f"{job}.${ending}")`,
    `out.write_bytes(ask(f"/api/v1/system/jobs/{job}/download${query}"))`,
    "print(out)",
    "",
  ].join("\n");
}

const ASK = `def ask(path, body=None, media_type=None):
    headers = {**HEADERS, "Content-Type": media_type} if media_type else HEADERS
    try:
        with urllib.request.urlopen(urllib.request.Request(SERVER + path, body, headers)) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        raise SystemExit(f"{error.code}: {error.read().decode()}")`;

const FORM = `def form(fields, files):
    boundary, parts = uuid.uuid4().hex, []
    for name, value in fields.items():
        text = value if isinstance(value, str) else json.dumps(value)
        parts += [f'--{boundary}\\r\\nContent-Disposition: form-data; name="{name}"\\r\\n\\r\\n{text}\\r\\n'.encode()]
    for name, path in files.items():
        shown = Path(path).name.replace('"', "%22").replace("\\r", "%0D").replace("\\n", "%0A")
        head = f'--{boundary}\\r\\nContent-Disposition: form-data; name="{name}"; filename="{shown}"\\r\\n\\r\\n'
        parts += [head.encode(), Path(path).read_bytes(), b"\\r\\n"]
    parts += [f"--{boundary}--\\r\\n".encode()]
    return b"".join(parts), f"multipart/form-data; boundary={boundary}"`;

function sendForm({ route, files }) {
  const named = Object.fromEntries(files.map(({ slot, held }) => [`${slot}_file`, held.name]));
  return [`files = ${pythonValue(named)}`, `answer = ask(${pythonText(`${route}-upload`)}, *form(fields, files))`];
}

function sendJson({ route }) {
  return [`answer = ask(${pythonText(route)}, json.dumps(fields).encode(), "application/json")`];
}
