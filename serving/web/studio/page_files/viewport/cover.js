/** What lies over the picture while there is none: nothing yet, how far it is, or why not. */
import { el, fill } from "../dom.js";

/** Answers {element, empty, loading, failed, hide}. `retry()` is called by the button of a failure. */
export function makeCover(retry) {
  const element = el("div", { class: "vp-cover" });
  const bar = el("progress", { class: "vp-progress", max: 100, "aria-label": "Loading" });
  const told = el("p", { class: "soft" });
  const put = (...children) => {
    element.hidden = false;
    fill(element, el("div", { class: "vp-cover-box" }, ...children.filter(Boolean)));
  };
  const empty = (title) =>
    put(
      el("h2", {}, title),
      el(
        "p",
        { class: "soft" },
        "Give a picture or a text on the left, or choose a result from the history. It turns up here, to be turned.",
      ),
    );
  const loading = (words, percent) => {
    told.textContent = percent === null ? words : `${words} ${percent} %`;
    if (percent === null) bar.removeAttribute("value");
    else bar.value = percent;
    if (element.dataset.kind !== "loading" || element.hidden) put(bar, told);
    element.dataset.kind = "loading";
  };
  const failed = (words, canRetry) => {
    element.dataset.kind = "error";
    put(
      el("h2", {}, "This cannot be shown"),
      el("p", { role: "alert" }, words),
      canRetry && el("button", { type: "button", onclick: retry }, "Try again"),
    );
  };
  return {
    element,
    empty: (title = "Nothing to show yet") => {
      element.dataset.kind = "empty";
      empty(title);
    },
    loading,
    failed,
    hide: () => {
      element.hidden = true;
    },
  };
}
