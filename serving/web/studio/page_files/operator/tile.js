/** What the parts of the panel are made of: a titled box, a bar, and lists whose rows stay what they are. */
import { el } from "../dom.js";

/** A titled box with a body. -> {element, body} */
export function tile(title, kind) {
  const body = el("div", { class: "tile-body" });
  const id = `operator-${kind}`;
  const element = el("section", { class: `tile tile-${kind}`, "aria-labelledby": id }, el("h2", { id }, title), body);
  return { element, body };
}

/** A bar from nothing to all; one that `warns` changes its colour when little is left. -> {element, show(share, words)} */
export function bar(label, { warns = false } = {}) {
  const full = el("div", { class: "bar-full" });
  const meter = el(
    "div",
    { class: "bar", role: "meter", "aria-label": label, "aria-valuemin": "0", "aria-valuemax": "100" },
    full,
  );
  const said = el("span", { class: "soft" });
  const element = el("div", { class: "measured" }, el("span", {}, label), said, meter);
  return {
    element,
    show(share, words) {
      const percent = Math.round(100 * Math.min(1, Math.max(0, share)));
      said.textContent = words;
      full.style.inlineSize = `${percent}%`;
      full.dataset.level = !warns || percent < 80 ? "fine" : percent < 95 ? "high" : "full";
      meter.setAttribute("aria-valuenow", String(percent));
      meter.setAttribute("aria-valuetext", words);
    },
  };
}

/**
 * Rows of `parent`, one for each item, kept from one showing to the next by `key`, so that focus stays where it is.
 * `make(item)` answers {element, show(item)}. -> a function of the items
 */
export function rows(parent, key, make) {
  let kept = new Map();
  return (items) => {
    const now = new Map();
    for (const item of items) {
      const row = kept.get(key(item)) ?? make(item);
      row.show(item);
      now.set(key(item), row);
    }
    for (const [name, row] of kept) if (!now.has(name)) row.element.remove();
    const wanted = [...now.values()].map((row) => row.element);
    wanted.forEach((element, at) => {
      if (parent.children[at] !== element) parent.insertBefore(element, parent.children[at] ?? null);
    });
    kept = now;
  };
}

/** MiB as "512 MiB" or "23.5 GiB". */
export function mib(number) {
  return number < 1024 ? `${Math.round(number)} MiB` : `${(number / 1024).toFixed(1)} GiB`;
}
