/**
 * Which result is in the view. It stands in the address (#job=<id>), so that a reload, a link and the back button lead to
 * it. A result of a job that was sent from this tab opens by itself unless the person has opened something since.
 */
import { ApiError } from "../api.js";
import { hear, say } from "../bus.js";

const AWAITED = "meshkiln.awaited";
const MOST_AWAITED = 200;

export class Shown {
  #jobs;
  #changed;
  #isRestored = false;

  /** `changed(jobId)` is called when another one is shown, with "" for none. */
  constructor(jobs, changed) {
    this.#jobs = jobs;
    this.#changed = changed;
    addEventListener("hashchange", () => this.#openAddressed());
    hear("preview", () => {
      forget();
      changed("");
    });
    hear("swapped", ({ job }) => {
      if (job) history.replaceState(null, "", addressOf(job));
      else leave();
      changed(job?.job_id ?? "");
    });
  }

  /** A person wants to see this one. */
  open(job) {
    forget();
    this.#show(job);
    say("pane", { name: "viewport" });
  }

  /** A person wants it beside the one shown. */
  compare(job) {
    forget();
    say("compare", { job });
    say("pane", { name: "viewport" });
  }

  /** A job was sent from this tab. */
  expect(jobId) {
    keep([...awaited(), jobId].slice(-MOST_AWAITED));
  }

  isExpected(jobId) {
    return awaited().includes(jobId);
  }

  /** A job has ended. Answers whether it was opened. */
  ended(job) {
    const ids = awaited();
    if (!ids.includes(job.job_id)) return false;
    keep(ids.filter((id) => id !== job.job_id));
    if (job.status === "completed") this.#show(job);
    return job.status === "completed";
  }

  /** A job was deleted: the address must not lead there. */
  gone(jobId) {
    if (addressed() !== jobId) return;
    leave();
    this.#changed("");
  }

  /** Once the page has its list: what the address names. */
  async restore() {
    if (this.#isRestored) return;
    this.#isRestored = true;
    await this.#openAddressed();
  }

  /** Another caller: what was opened may not be theirs; what the address names and could not be may be by now. */
  startOver() {
    if (this.#isRestored) leave();
    this.#isRestored = false;
    forget();
    this.#changed("");
  }

  #show(job) {
    this.#isRestored = true;
    const address = addressOf(job);
    if (location.hash !== address) {
      const write = addressed() ? "pushState" : "replaceState";
      history[write](null, "", address);
    }
    this.#changed(job.job_id);
    say("show", { job });
  }

  async #openAddressed() {
    const jobId = addressed();
    if (!jobId) return;
    try {
      const job = this.#jobs.get(jobId) ?? (await this.#jobs.look(jobId));
      if (addressed() !== jobId) return;
      if (job.status === "completed" && job.mesh_url) this.#show(job);
      else if (job.status === "queued" || job.status === "processing") this.expect(jobId);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 404 || error.status === 410) {
        leave();
        say("alert", { text: "The job that the address names is not there any more." });
      } else this.#isRestored = false;
    }
  }
}

function addressOf(job) {
  return `#job=${job.job_id}`;
}

function addressed() {
  return /^#job=([0-9a-f]{32})$/.exec(location.hash)?.[1] ?? "";
}

function leave() {
  history.replaceState(null, "", location.pathname + location.search);
}

function awaited() {
  return JSON.parse(sessionStorage.getItem(AWAITED) ?? "[]");
}

function keep(ids) {
  sessionStorage.setItem(AWAITED, JSON.stringify(ids));
}

function forget() {
  sessionStorage.removeItem(AWAITED);
}
