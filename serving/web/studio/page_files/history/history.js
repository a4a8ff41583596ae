/** The pane of the caller's jobs: what waits, runs and has ended, as it happens. */
import { ApiError } from "../api.js";
import { hear, say } from "../bus.js";
import { el } from "../dom.js";
import { asSentence, count } from "../words.js";
import { cancel, remove, retry } from "./actions.js";
import { askFirst } from "./ask_first.js";
import { Filters } from "./filters.js";
import { Jobs, hasEnded } from "./jobs.js";
import { CardList } from "./list.js";
import { Live } from "./live.js";
import { Shown } from "./shown.js";
import { announcement, titleOf } from "./words.js";

const TICK_MS = 1000;
const EMPTY = "Nothing here yet: what you make appears here, and stays.";
const NO_MATCH = "Nothing here is like that.";
const CONNECTION = {
  live: "",
  polling: "No live updates at the moment: asking every few seconds.",
  offline: "The server cannot be reached. This goes on by itself when it can.",
};

/** Build the pane in `root` and begin. */
export function mountHistory(root) {
  new History(root);
}

class History {
  #jobs = new Jobs({
    changed: (job, before) => this.#changed(job, before),
    removed: (jobId) => this.#removed(jobId),
    cleared: () => this.#cleared(),
    paged: () => this.#arrangeSoon(),
  });
  #shown = new Shown(this.#jobs, (jobId) => this.#cards.mark(jobId));
  #filters = new Filters(() => this.#filtered());
  #total = el("span", { class: "soft small" });
  #connection = el("p", { class: "history-connection small", role: "status", hidden: true });
  #list = el("ol", { class: "jobs", "aria-label": "Jobs, newest first", tabindex: "-1" });
  #cards = new CardList(this.#list, (name, job) => this.#act(name, job));
  #empty = el("p", { class: "history-empty soft", hidden: true }, EMPTY);
  #more = el(
    "button",
    { type: "button", class: "history-more", hidden: true, onclick: () => this.#readMore() },
    "Load more",
  );
  #isReading = false;
  #isArranging = false;

  constructor(root) {
    const head = el("div", { class: "history-head" }, el("h2", {}, "History"), this.#total);
    root.append(
      el("div", { class: "history-top" }, head, this.#filters.element, this.#connection),
      this.#list,
      this.#empty,
      this.#more,
    );
    const live = new Live({
      job: (job) => this.#jobs.put(job),
      deleted: (jobId) => this.#jobs.remove(jobId),
      refresh: () => this.#refresh(),
      state: (state) => this.#connected(state),
      keyNeeded: () => say("key-needed"),
    });
    hear("submitted", ({ job_id: jobId }) => this.#submitted(jobId));
    hear("key-changed", () => {
      this.#shown.startOver();
      this.#jobs.clear();
      live.start();
    });
    setInterval(
      () => document.hidden || this.#cards.tick([...this.#jobs.all()].filter((job) => !hasEnded(job))),
      TICK_MS,
    );
    const nearEnd = ([{ isIntersecting }]) => isIntersecting && !this.#filters.hasText && this.#readMore();
    new IntersectionObserver(nearEnd, { root, rootMargin: "300px" }).observe(this.#more);
    live.start();
  }

  async #refresh() {
    const seconds = await this.#jobs.refresh();
    await this.#shown.restore();
    return seconds;
  }

  #changed(job, before) {
    this.#filters.offer(job);
    this.#cards.put(job);
    const isNews = before ? before.status !== job.status : this.#shown.isExpected(job.job_id);
    if (isNews) say("announce", { text: announcement(job) });
    say("job", { job });
    if (hasEnded(job) && !(before && hasEnded(before))) this.#ended(job);
    this.#arrangeSoon();
  }

  #ended(job) {
    const wasExpected = this.#shown.isExpected(job.job_id);
    this.#shown.ended(job);
    if (wasExpected && job.status === "failed") {
      say("alert", { kind: "error", text: `“${titleOf(job)}” failed. ${asSentence(job.error)}` });
    }
  }

  #removed(jobId) {
    this.#shown.gone(jobId);
    say("deleted", { job_id: jobId });
    this.#cards.remove(jobId);
    this.#arrangeSoon();
  }

  #cleared() {
    this.#cards.clear();
    this.#arrangeSoon();
  }

  async #submitted(jobId) {
    this.#shown.expect(jobId);
    const known = this.#jobs.get(jobId);
    if (known && hasEnded(known))
      this.#ended(known); // the stream was quicker than the answer
    else await unlessRefused(() => this.#jobs.ask(jobId)); // else it comes with the stream, or the next list
  }

  async #act(name, job) {
    if (name === "open") this.#shown.open(job);
    else if (name === "compare") this.#shown.compare(job);
    else if (name === "use") {
      say("use-as-input", { job, feature: "" });
      say("pane", { name: "composer" });
    } else if (name === "cancel") await cancel(this.#jobs, job);
    else if (name === "retry") await retry(this.#jobs, job);
    else if (name === "remove" && (await sure(job))) await remove(this.#jobs, job);
  }

  #connected(state) {
    this.#connection.textContent = CONNECTION[state];
    this.#connection.hidden = !CONNECTION[state];
    say("connection", { state });
  }

  #filtered() {
    this.#arrange();
    if (!this.#jobs.reach(this.#filters.asked).isRead) this.#readMore();
  }

  async #readMore() {
    if (this.#isReading) return;
    this.#isReading = true;
    const asked = this.#filters.asked;
    await unlessRefused(() => this.#jobs.more(asked));
    this.#isReading = false;
    this.#arrange();
    const { isRead } = this.#jobs.reach(this.#filters.asked);
    const isOther = JSON.stringify(asked) !== JSON.stringify(this.#filters.asked);
    if (!isRead && isOther) this.#readMore();
  }

  /** Many changes in one turn are arranged once. */
  #arrangeSoon() {
    if (this.#isArranging) return;
    this.#isArranging = true;
    queueMicrotask(() => {
      this.#isArranging = false;
      this.#arrange();
    });
  }

  #arrange() {
    const { isRead, oldest, hasMore } = this.#jobs.reach(this.#filters.asked);
    // Older ones that another filter brought are left out: there are gaps between them.
    const isInReach = (job) => !isRead || !hasMore || job.created_at >= oldest;
    const shown = this.#cards.filter((job) => isInReach(job) && this.#filters.matches(job));
    this.#more.hidden = !(isRead && hasMore);
    this.#empty.hidden = shown > 0 || !isRead || (hasMore && !this.#filters.hasText);
    const loaded = count([...this.#jobs.all()].length);
    const noMatch = hasMore ? `None of the ${loaded} that are loaded is like that.` : NO_MATCH;
    this.#empty.textContent = this.#filters.isAny ? EMPTY : noMatch;
    this.#total.textContent = shown ? `${count(shown)}${hasMore && isRead ? "+" : ""}` : "";
  }
}

function sure(job) {
  const title = `Delete “${titleOf(job)}”?`;
  return askFirst({
    title,
    text: "The job and all its files are removed from the server for good.",
    yes: "Delete",
    no: "Keep",
  });
}

/** Do it; a refusal is what the line about the connection tells. */
async function unlessRefused(act) {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 401) say("key-needed");
  }
}
