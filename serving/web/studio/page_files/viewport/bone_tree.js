/** Bones as a tree: arrow keys go through it as the ARIA practices have trees. */
import { el } from "../dom.js";

/** A tree of `rows` ({index, name, parent, children}). `chosen(index)` hears choices. Answers {element, choose}. */
export function makeBoneTree(rows, label, chosen) {
  const items = new Map();
  const build = (row, level) => {
    const item = el(
      "li",
      {
        role: "treeitem",
        "aria-level": level,
        "aria-selected": "false",
        tabindex: "-1",
        dataset: { bone: row.index },
        "aria-expanded": row.children.length > 0 ? "true" : null,
      },
      el("span", { class: "vp-bone" }, row.name),
    );
    items.set(row.index, item);
    if (row.children.length > 0) {
      item.append(el("ul", { role: "group" }, ...row.children.map((child) => build(rows[child], level + 1))));
    }
    return item;
  };
  const roots = rows.filter((row) => row.parent < 0).map((row) => build(row, 1));
  const element = el("ul", { class: "vp-tree", role: "tree", "aria-label": label }, ...roots);
  const stop = (item) => {
    for (const one of items.values()) one.tabIndex = one === item ? 0 : -1;
  };
  const choose = (index) => {
    for (const [at, item] of items) item.setAttribute("aria-selected", String(at === index));
    const item = items.get(index);
    if (!item) return;
    for (
      let up = item.parentElement.closest('[role="treeitem"]');
      up;
      up = up.parentElement.closest('[role="treeitem"]')
    ) {
      up.setAttribute("aria-expanded", "true");
    }
    stop(item);
    item.firstElementChild.scrollIntoView({ block: "nearest" });
  };
  stop(roots[0]);
  element.addEventListener("click", ({ target }) => {
    const item = target.closest('[role="treeitem"]');
    if (!item) return;
    if (target === item && item.hasAttribute("aria-expanded"))
      return fold(item, item.getAttribute("aria-expanded") !== "true");
    item.focus();
    chosen(Number(item.dataset.bone));
  });
  element.addEventListener("keydown", (event) => keys(event, element, stop, chosen));
  return { element, choose };
}

function keys(event, element, stop, chosen) {
  const item = event.target.closest('[role="treeitem"]');
  if (!item || event.ctrlKey || event.metaKey || event.altKey) return;
  const seen = [...element.querySelectorAll('[role="treeitem"]')].filter(
    (one) => !one.parentElement.closest('[aria-expanded="false"]'),
  );
  const at = seen.indexOf(item);
  const go = (to) => {
    if (!to) return;
    stop(to);
    to.focus();
  };
  const acts = {
    ArrowDown: () => go(seen[at + 1]),
    ArrowUp: () => go(seen[at - 1]),
    Home: () => go(seen[0]),
    End: () => go(seen.at(-1)),
    ArrowRight: () =>
      item.getAttribute("aria-expanded") === "false" ? fold(item, true) : go(item.querySelector('[role="treeitem"]')),
    ArrowLeft: () =>
      item.getAttribute("aria-expanded") === "true"
        ? fold(item, false)
        : go(item.parentElement.closest('[role="treeitem"]')),
    Enter: () => chosen(Number(item.dataset.bone)),
    " ": () => chosen(Number(item.dataset.bone)),
  };
  const letter = /^[a-z]$/i.test(event.key) ? event.key.toLowerCase() : "";
  const named =
    letter &&
    [...seen.slice(at + 1), ...seen.slice(0, at)].find((one) => one.textContent.toLowerCase().startsWith(letter));
  const act = acts[event.key] ?? (letter && (() => go(named)));
  if (!act) return;
  event.preventDefault();
  event.stopPropagation();
  act();
}

function fold(item, open) {
  item.setAttribute("aria-expanded", String(open));
}
