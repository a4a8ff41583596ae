/**
 * What happens to jobs, as it happens: one event stream, and asking every few seconds while there is none. Nothing is
 * lost in between: the list is read after the stream has begun, and a stream that was cut goes on where it ended.
 */
import { ApiError } from "../api.js";
import { Pause } from "./pause.js";
import { events } from "./stream.js";

// A stream that lasted so long was a good one.
const GOOD_MS = 10_000;
const AGAIN_MS = [300, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000];
const UNREACHED_MS = [1_000, 2_000, 4_000, 8_000, 15_000];
const FIRST_POLL_MS = 1_500;
const IDLE_MS = 60_000;
const HIDDEN_TIMES = 4;
// Browsers open six connections to a server, for all tabs together: one that nobody sees gives its own back.
const REST_AFTER_MS = 2_000;

/** The entry of a table of growing pauses, the last one for all that come after it. */
const step = (table, at) => table[Math.max(0, Math.min(at, table.length - 1))];
const retryMs = (error) => (error?.retryAfter_s ?? 0) * 1000;

/** Keeps a list of jobs up to date. */
export class Live {
  #heard;
  #run = null;
  #resting = 0;

  /**
   * `heard` is what to do: job(status), deleted(jobId); refresh(): read the list again, answers the seconds after which
   * to do so again while there is no stream, throws ApiError; state(name): "live", "polling" or "offline"; keyNeeded().
   */
  constructor(heard) {
    this.#heard = heard;
    addEventListener("online", () => this.#run?.tryNow());
    addEventListener("offline", () => this.#run?.cut());
    document.addEventListener("visibilitychange", () => this.#seen());
  }

  #seen() {
    clearTimeout(this.#resting);
    if (document.hidden) this.#resting = setTimeout(() => this.#run?.rest(), REST_AFTER_MS);
    else this.#run?.tryNow();
  }

  /** Begin, or begin anew for another caller. */
  start() {
    this.#run?.end();
    this.#run = new Run(this.#heard);
    if (document.hidden) this.#seen(); // opened behind another tab
  }
}

/** From a start to the next: what one caller is told. */
class Run {
  #heard;
  #ended = new AbortController();
  #stream = new AbortController();
  #streamPause = new Pause();
  #pollPause = new Pause();
  #isLive = false;
  #isResting = false;
  #lacksList = true;
  #lastId = "";
  #state = "";

  constructor(heard) {
    this.#heard = heard;
    this.#follow();
    this.#poll();
  }

  end() {
    this.#ended.abort();
    this.tryNow();
  }

  /** Have no stream until somebody looks again. */
  rest() {
    this.#isResting = true;
    this.#stream.abort();
    this.#pollPause.end();
  }

  /** Wait no longer for the time at which something was to be tried again. */
  tryNow() {
    this.#isResting = false;
    this.#streamPause.end();
    this.#pollPause.end();
  }

  /** The browser says that there is no network. */
  cut() {
    this.#stream.abort();
    this.#tell("offline");
  }

  get #isOver() {
    return this.#ended.signal.aborted;
  }

  #tell(state) {
    if (this.#isOver || state === this.#state) return;
    this.#state = state;
    this.#heard.state(state);
  }

  /** One stream after the other. */
  async #follow() {
    for (let failures = 0; !this.#isOver;) {
      const begunMs = performance.now();
      const error = await this.#listen();
      const wasGood = this.#isLive && performance.now() - begunMs > GOOD_MS;
      this.#isLive = false;
      failures = wasGood ? 0 : failures + 1;
      if (error?.status === 401) this.#needKey();
      if (error?.status === 400) this.#lastId = "";
      if (error?.status) this.#tell("polling");
      if (error || failures > 1) this.#pollPause.end();
      const waitMs = step(error?.status === 0 ? UNREACHED_MS : AGAIN_MS, failures - 1);
      await this.#streamPause.wait(Math.max(waitMs * (0.8 + 0.4 * Math.random()), retryMs(error)));
      while (this.#isResting) await this.#streamPause.wait(IDLE_MS);
    }
  }

  /** A stream to its end. Answers the ApiError if that is why it ended. */
  async #listen() {
    this.#stream = new AbortController();
    const signal = AbortSignal.any([this.#stream.signal, this.#ended.signal]);
    try {
      for await (const heard of events(this.#lastId, signal)) {
        if (this.#isOver) return null;
        this.#began();
        heard.events.forEach((event) => this.#handle(event));
        this.#lastId = heard.lastId;
      }
      return null;
    } catch (error) {
      if (error instanceof ApiError) return error;
      this.#isLive = false;
      throw error;
    }
  }

  #began() {
    if (this.#isLive) return;
    this.#isLive = true;
    this.#tell("live");
    // Without an id the stream tells only what has not ended; what ended before is in the list.
    if (!this.#lastId) this.#lacksList = true;
    if (this.#lacksList) this.#pollPause.end();
  }

  #handle({ name, data }) {
    if (name === "job") this.#heard.job(JSON.parse(data));
    else if (name === "deleted") this.#heard.deleted(JSON.parse(data).job_id);
    else if (name === "reset") {
      this.#lacksList = true;
      this.#pollPause.end();
    }
  }

  /** Read the list whenever it is lacking, and again and again while there is no stream. */
  async #poll() {
    await this.#pollPause.wait(FIRST_POLL_MS);
    for (let failures = 0; !this.#isOver;) {
      if (this.#isLive && !this.#lacksList) {
        await this.#pollPause.wait(IDLE_MS);
        continue;
      }
      this.#lacksList = false;
      const { waitMs, error } = await this.#read(failures);
      failures = error ? failures + 1 : 0;
      if (error) this.#lacksList = true;
      if (error || !this.#lacksList) await this.#pollPause.wait(waitMs);
    }
  }

  /** Read the list once. Answers after how long to do so again, and the ApiError if it failed. */
  async #read(failures) {
    try {
      const seconds = await this.#heard.refresh();
      if (!this.#isLive) this.#isBack();
      return { waitMs: seconds * 1000 * (document.hidden ? HIDDEN_TIMES : 1), error: null };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 401) this.#needKey();
      if (!this.#isLive) this.#tell(error.status === 0 ? "offline" : "polling");
      return { waitMs: Math.max(step(UNREACHED_MS, failures), retryMs(error)), error };
    }
  }

  #isBack() {
    if (this.#isResting) return;
    const wasOffline = this.#state === "offline";
    this.#tell("polling");
    if (wasOffline) this.#streamPause.end(); // the stream need not wait for its time
  }

  #needKey() {
    if (this.#isOver) return;
    this.end();
    this.#heard.keyNeeded();
  }
}
