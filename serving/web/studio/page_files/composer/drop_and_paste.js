/** Files dropped anywhere on the page, and what is pasted into it. */
import { say } from "../bus.js";

const EDITABLE = "input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable]";

/** `take(files, {slot, origin})` gets files; `write(text)` gets text that was pasted outside of any field. */
export function hearDropsAndPastes(root, take, write) {
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  let over = 0; // drag events come for every element on the way
  const tell = (count) => {
    over = Math.max(0, count);
    root.toggleAttribute("data-dragged-over", over > 0);
  };
  document.addEventListener("dragenter", (event) => hasFiles(event) && tell(over + 1));
  document.addEventListener("dragleave", (event) => hasFiles(event) && tell(event.relatedTarget ? over - 1 : 0));
  document.addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault());
  document.addEventListener("drop", (event) => {
    tell(0);
    if (!hasFiles(event)) return;
    event.preventDefault(); // else the browser leaves the page for the file
    const slot = event.target.closest?.("[data-slot]")?.dataset.slot ?? "";
    say("pane", { name: "composer" });
    take(event.dataTransfer.files, { slot });
  });
  document.addEventListener("paste", (event) => {
    const isField = event.target.closest?.(EDITABLE);
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const files = [...(event.clipboardData?.files ?? [])];
    if (isField && (text || !files.length)) return;
    if (files.length) take(files.map(named), { origin: "pasted" });
    else if (text && !document.querySelector("dialog[open]")) write(text);
    else return;
    event.preventDefault();
  });
}

/** Every picture from a clipboard is called image.png: say what it is. */
function named(file) {
  const ending = /\.[^.]+$/.exec(file.name)?.[0] ?? "";
  return /^image\.\w+$/.test(file.name) ? new File([file], `pasted${ending}`, { type: file.type }) : file;
}
