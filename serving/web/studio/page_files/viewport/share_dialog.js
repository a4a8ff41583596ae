/** A link that shows a result to whoever has it: made, copied, opened, ended. */
import { ApiError, address, getJson, postJson, send } from "../api.js";
import { say } from "../bus.js";
import { el } from "../dom.js";

const WHAT_IT_IS =
  "Who has this link sees the mesh, and nothing else of yours. It works until you stop it or the result is deleted.";

/**
 * The button and its dialog. `job()` answers the job that is shown; the dialog stays with the one that it was opened for.
 * Answers {button, close}: `close(jobId)` closes it for that job, without an id for any.
 */
export function makeShare(job) {
  const parts = makeDialog();
  const { dialog, link, open, prompt, copy, stop, close } = parts;
  const button = el("button", { type: "button", dataset: { action: "share" } }, "Share");
  let shared = null;
  /** Answers whether the link is still wanted. */
  const make = async (showsPrompt) => {
    const asked = shared;
    const made = await postJson(pathOf(asked), showsPrompt ? { show_prompt: true } : {});
    if (asked !== shared) return false;
    link.value = address(made.url);
    open.href = link.value;
    return true;
  };
  const guarded = (act) => () => act().catch((error) => failed(error, button, dialog));
  button.addEventListener(
    "click",
    guarded(async () => {
      prompt.checked = false;
      const asked = (shared = job());
      if (!(await make(false))) return;
      const told = await getJson(`/view/${asked.job_id}/facts.json`);
      if (asked !== shared) return;
      prompt.parentElement.hidden = !told.shows_prompt; // made of a picture alone, there is no prompt
      dialog.showModal();
      link.select();
    }),
  );
  prompt.addEventListener(
    "change",
    guarded(() => make(prompt.checked)),
  );
  stop.addEventListener(
    "click",
    guarded(async () => {
      await send(pathOf(shared), { method: "DELETE" });
      dialog.close();
      say("alert", { text: "The link is ended: it leads nowhere now." });
    }),
  );
  copy.addEventListener("click", () => copied(link));
  close.addEventListener("click", () => dialog.close());
  const closeFor = (jobId = shared?.job_id) => {
    if (shared?.job_id !== jobId) return;
    shared = null;
    dialog.close();
  };
  return { button, close: closeFor };
}

function makeDialog() {
  const link = el("input", { type: "text", readonly: true, "aria-label": "Link" });
  const prompt = el("input", { type: "checkbox" });
  const open = el("a", { class: "button", target: "_blank", rel: "noopener" }, "Open");
  const copy = el("button", { type: "button", class: "primary" }, "Copy");
  const stop = el("button", { type: "button" }, "Stop sharing");
  const close = el("button", { type: "button" }, "Close");
  const form = el(
    "form",
    { method: "dialog" },
    el("h2", { id: "vp-share-title" }, "Share this result"),
    el("p", { class: "soft small" }, WHAT_IT_IS),
    link,
    el("label", { class: "vp-check" }, prompt, " The page is titled with the prompt"),
    el("div", { class: "row" }, stop, open, copy, close),
  );
  const dialog = el("dialog", { class: "dialog vp-share", "aria-labelledby": "vp-share-title" }, form);
  document.body.append(dialog);
  return { dialog, link, open, prompt, copy, stop, close };
}

function pathOf(job) {
  return `/api/v1/system/jobs/${job.job_id}/share`;
}

function failed(error, button, dialog) {
  if (!(error instanceof ApiError)) throw error;
  if (isSwitchedOff(error)) button.hidden = true;
  if (dialog.open) dialog.close();
  if (error.status === 401) say("key-needed");
  else say("alert", { text: error.message, kind: "error" });
}

/** The server has no word of its own for it. */
function isSwitchedOff(error) {
  return error.status === 404 && error.message.includes("switched off");
}

/** Plain http pages have no clipboard; there the old way is tried. */
async function copied(input) {
  input.select();
  let isDone = true;
  try {
    await navigator.clipboard.writeText(input.value);
  } catch {
    isDone = document.execCommand("copy");
  }
  const text = isDone
    ? "The link is copied."
    : "This browser lets nothing be copied; the link is marked, copy it by hand.";
  say("alert", { text });
}
