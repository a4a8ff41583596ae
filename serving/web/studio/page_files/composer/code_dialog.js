/** The dialog that shows a request as code, to be copied or selected. */
import { say } from "../bus.js";
import { el, fill } from "../dom.js";

/** {open({title, code, files})}: `files` are the HeldFiles that the code names. */
export class CodeDialog {
  constructor() {
    this.title = el("h2", { id: "code-title" });
    this.code = el("code", {});
    this.block = el("pre", { class: "code", tabindex: "0", "aria-labelledby": "code-title" }, this.code);
    this.files = el("div", { class: "small code-files" });
    const copy = el("button", { type: "button", class: "primary" }, "Copy");
    const close = el("button", { type: "button" }, "Close");
    copy.addEventListener("click", () => this.#copy());
    close.addEventListener("click", () => this.element.close());
    this.element = el(
      "dialog",
      { class: "dialog code-dialog", "aria-labelledby": "code-title" },
      el("div", { class: "code-body" }, this.title, this.files, this.block, el("div", { class: "row" }, close, copy)),
    );
  }

  open({ title, code, files }) {
    this.title.textContent = title;
    this.code.textContent = code;
    this.files.hidden = !files.length;
    const isTwice = new Set(files.map((held) => held.name)).size < files.length;
    fill(
      this.files,
      files.length > 0 && el("p", {}, "Run it in the folder that holds ", ...files.flatMap(nameOf)),
      isTwice &&
        el(
          "p",
          { class: "terms-note" },
          "Some of these files have the same name: give each its own, in the code, too.",
        ),
    );
    this.element.showModal();
    this.block.focus();
  }

  async #copy() {
    const done = navigator.clipboard ? await written(this.code.textContent) : this.#copySelected();
    say("announce", { text: done ? "Copied" : "Selected; copy it with Ctrl+C" });
    if (done) this.element.close();
    else this.#select();
    say("alert", {
      text: done ? "Copied." : "Your browser does not let pages copy: it is selected, press Ctrl+C.",
      kind: "info",
    });
  }

  #select() {
    const range = document.createRange();
    range.selectNodeContents(this.code);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  }

  /** Pages on plain http:// have no clipboard; they may copy what is selected. */
  #copySelected() {
    this.#select();
    return document.execCommand("copy");
  }
}

async function written(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch (error) {
    if (error.name === "NotAllowedError") return false;
    throw error;
  }
}

/** A file's name; where it is on no disk yet, as a link that saves it. */
function nameOf(held, index) {
  const comma = index ? ", " : "";
  if (held.origin === "file") return [comma, el("strong", { dir: "auto" }, held.name)];
  return [
    comma,
    el("strong", { dir: "auto" }, held.name),
    " (",
    el("a", { href: held.url, download: held.name }, "save it"),
    ")",
  ];
}
