/** The caller's jobs as far as this page knows them. Asks the server for lists; knows nothing of what is drawn. */
import { ApiError, getJson } from "../api.js";

const JOBS = "/api/v1/system/jobs";
const PAGE = 50;
const MOST_ASKED = 20;
const POLL_S = [2, 15];
const ENDED = new Set(["completed", "failed", "cancelled"]);

/** Whether nothing can happen to a job any more. */
export function hasEnded(job) {
  return ENDED.has(job.status);
}

/** Which comes first, newest first; for sorting. */
export function newestFirst(a, b) {
  return a.created_at === b.created_at ? (a.job_id < b.job_id ? 1 : -1) : a.created_at < b.created_at ? 1 : -1;
}

/**
 * The jobs by id. `told` is what to do when something changed: changed(job, before) with before null for a new one,
 * removed(jobId), cleared(), paged() when more of the list is known.
 */
export class Jobs {
  #told;
  #known = new Map();
  #deleted = new Set();
  #pages = new Map();
  #generation = 0;

  constructor(told) {
    this.#told = told;
  }

  get(jobId) {
    return this.#known.get(jobId);
  }

  all() {
    return this.#known.values();
  }

  /** Forget everything: another caller. */
  clear() {
    this.#generation += 1;
    this.#known.clear();
    this.#deleted.clear();
    this.#pages.clear();
    this.#told.cleared();
  }

  /** A status has come, from wherever. */
  put(job) {
    const before = this.#known.get(job.job_id) ?? null;
    if (this.#deleted.has(job.job_id) || (before && isOlder(job, before))) return;
    if (before && JSON.stringify(before) === JSON.stringify(job)) return;
    this.#known.set(job.job_id, job);
    this.#told.changed(job, before);
  }

  /** A job is gone for good; lists that are still on their way do not bring it back. */
  remove(jobId) {
    this.#deleted.add(jobId);
    this.#known.delete(jobId);
    this.#told.removed(jobId); // it may be shown without being in the list
  }

  /** Ask for one job. Answers it, or null when it is gone. Throws ApiError. */
  async ask(jobId) {
    const generation = this.#generation;
    try {
      const job = await this.look(jobId);
      if (generation !== this.#generation) return null;
      this.put(job);
      return this.#known.get(jobId) ?? null;
    } catch (error) {
      if (!(error instanceof ApiError) || (error.status !== 404 && error.status !== 410)) throw error;
      if (generation === this.#generation) this.remove(jobId);
      return null;
    }
  }

  /** A job's status without taking it into the list: it may be another client's. Throws ApiError. */
  look(jobId) {
    return getJson(`${JOBS}/${encodeURIComponent(jobId)}`);
  }

  /** Read the newest page again, and the jobs that have not ended. Answers the seconds until that makes sense again. */
  async refresh() {
    const generation = this.#generation;
    const before = new Set(this.#known.keys());
    const page = await this.#read({});
    if (!page) return POLL_S[1];
    const seen = new Set(page.jobs.map((job) => job.job_id));
    this.#forgetMissing(page, seen, before);
    this.#noteGap(page, before);
    const open = [...this.#known.values()].filter((job) => !hasEnded(job) && !seen.has(job.job_id));
    for (const job of open.slice(0, MOST_ASKED)) {
      if (generation === this.#generation) await this.ask(job.job_id);
    }
    return this.#pollSeconds();
  }

  /** What is listed under a filter ({status, feature}, "" for any): how far back, and whether there is more. */
  reach(filter) {
    return this.#pages.get(keyOf(filter)) ?? { oldest: null, hasMore: true, isRead: false };
  }

  /** Read the next page under a filter. Throws ApiError. */
  async more(filter) {
    const { oldest, hasMore, isRead } = this.reach(filter);
    if (!isRead || hasMore) await this.#read(filter, oldest);
  }

  async #read(filter, oldest = null) {
    const generation = this.#generation;
    const query = new URLSearchParams({ limit: PAGE, status: filter.status ?? "", feature: filter.feature ?? "" });
    // A place in time, not a count: counts shift while jobs come and go. Times are rounded to milliseconds.
    if (oldest) query.set("end_date", new Date(Date.parse(oldest) + 1).toISOString());
    const page = await getJson(`${JOBS}/history?${query}`, { cache: "no-store" });
    if (generation !== this.#generation) return null;
    page.jobs.forEach((job) => this.put(job));
    this.#note(filter, oldest, page);
    return page;
  }

  #note(filter, oldest, page) {
    // The newest page, read again, tells nothing of how far back the list is known.
    if (oldest === null && this.reach(filter).isRead) return;
    const reached = page.jobs.at(-1)?.created_at ?? oldest;
    this.#pages.set(keyOf(filter), { oldest: reached, hasMore: page.pagination.has_more, isRead: true });
    this.#told.paged();
  }

  /** What should be in the newest page and is not was deleted while nobody told us. */
  #forgetMissing(page, seen, before) {
    const oldest = page.pagination.has_more ? page.jobs.at(-1).created_at : "";
    for (const job of [...this.#known.values()]) {
      if (!before.has(job.job_id) || seen.has(job.job_id) || job.created_at <= oldest) continue;
      this.#known.delete(job.job_id);
      this.#told.removed(job.job_id);
    }
  }

  /** After a long absence there may be jobs between the newest page and what was known: the list ends there again. */
  #noteGap(page, before) {
    if (!page.pagination.has_more || !before.size || page.jobs.some((job) => before.has(job.job_id))) return;
    this.#pages.clear();
    this.#note({}, null, page);
  }

  #pollSeconds() {
    const etas = [...this.#known.values()].filter((job) => !hasEnded(job)).map((job) => (job.eta_seconds ?? 0) / 2);
    return Math.max(POLL_S[0], Math.min(POLL_S[1], ...etas));
  }
}

/** Jobs never come back from their end, nor from a later attempt: what says so was on its way for too long. */
function isOlder(job, before) {
  return (hasEnded(before) && !hasEnded(job)) || job.attempt < before.attempt;
}

function keyOf(filter) {
  return `${filter.status ?? ""}|${filter.feature ?? ""}`;
}
