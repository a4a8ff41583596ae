/** Elements made of data. Text is always text: nothing here, and nothing that uses it, makes markup of a string. */

/**
 * An element: el("button", {class: "quiet", onclick: go, "aria-pressed": "false"}, "Go", icon).
 * Properties whose name starts with "on" are listeners; `dataset` is an object; true is an empty attribute; false and
 * null are left out. Children are nodes or text; false and null are left out.
 */
export function el(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "dataset") Object.assign(made.dataset, value);
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, String(value));
  }
  made.append(...children.filter((child) => child !== false && child !== null && child !== undefined));
  return made;
}

/** Put these children in place of all there are. */
export function fill(parent, ...children) {
  parent.replaceChildren(...children.filter((child) => child !== false && child !== null && child !== undefined));
}
