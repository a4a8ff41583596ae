/** Which picture goes where: the views of an object by the names of their files, else by their order. Pure. */

export const VIEWS = ["front", "back", "left", "right", "top", "bottom"];
// What several pictures without a view's name are taken for: the server's own order (serving/web/views.py).
const GUESSED = {
  1: ["front"],
  2: ["front", "back"],
  3: ["front", "left", "back"],
  4: ["front", "left", "back", "right"],
  5: ["front", "left", "back", "right", "top"],
  6: ["front", "left", "back", "right", "top", "bottom"],
};
const HINTS = {
  front: "front",
  back: "back",
  rear: "back",
  behind: "back",
  left: "left",
  right: "right",
  top: "top",
  above: "top",
  bottom: "bottom",
  below: "bottom",
  underside: "bottom",
};

/** The input that holds a view. */
export function slotOfView(view) {
  return view === "front" ? "image" : `image_${view}`;
}

/** The view that an input holds; "" if it holds none. */
export function viewOfSlot(slot) {
  if (slot === "image") return "front";
  const view = slot.replace(/^image_/, "");
  return slot.startsWith("image_") && VIEWS.includes(view) ? view : "";
}

/** The view that a file's name speaks of; "" for none, or for more than one. */
export function hintOf(fileName) {
  const words = fileName
    .toLowerCase()
    .replace(/\.[^.]*$/, "")
    .split(/[^a-z]+/);
  const found = new Set(words.map((word) => HINTS[word]).filter(Boolean));
  return found.size === 1 ? [...found][0] : "";
}

/** The inputs for pictures that came together, by their file names: a slot each, null for one too many. */
export function slotsFor(fileNames) {
  const views = fileNames.map(() => null);
  const taken = new Set();
  for (const [index, name] of fileNames.entries()) {
    const hint = hintOf(name);
    if (!hint || taken.has(hint)) continue;
    views[index] = hint;
    taken.add(hint);
  }
  const order = [...(GUESSED[Math.min(fileNames.length, VIEWS.length)] ?? []), ...VIEWS];
  for (const index of views.keys()) {
    if (views[index]) continue;
    const free = order.find((view) => !taken.has(view));
    views[index] = free ?? null;
    taken.add(free);
  }
  return views.map((view) => view && slotOfView(view));
}
