/** What can be done with the job that is shown: use it, download it, share it. */
import { ApiError } from "../api.js";
import { say } from "../bus.js";
import { makeDownloadMenu } from "./download_menu.js";
import { makeShare } from "./share_dialog.js";
import { makeUseMenu } from "./use_menu.js";

/** `job()` answers the job that is shown, or null. Answers {elements, show, load, closeShare}. */
export function makeActions(job) {
  const use = makeUseMenu(job);
  const download = makeDownloadMenu(job);
  const share = makeShare(job);
  const buttons = [use.button, download.button, share.button];
  let asked = false;
  /** Ask again what the server offers, if it was asked before. */
  const load = async () => {
    if (!asked) return;
    try {
      await Promise.all([use.load(), download.load()]);
    } catch (error) {
      asked = false; // the next result asks again
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 401) say("key-needed");
      else say("alert", { text: error.message, kind: "error" });
    }
  };
  /** These are for this job now; for null there is nothing to do. */
  const show = (shown) => {
    for (const button of buttons) button.disabled = !shown;
    use.close();
    download.close();
    if (!shown || asked) return;
    asked = true;
    load();
  };
  show(null);
  return { elements: [use.element, download.element, share.button], show, load, closeShare: share.close };
}
