/** What cards say of a job. Pure. */
import { duration, featureWords, place, sentence } from "../words.js";

const STATES = {
  queued: "Waiting",
  processing: "Running",
  completed: "Completed",
  failed: "Failed",
  cancelled: "Cancelled",
};
const ADVICE = {
  INVALID_VALUE: "Change what it names and send it again.",
  FILE_UPLOAD_ERROR: "Send it again with another file.",
  MODEL_NOT_AVAILABLE: "Choose another model, or ask the person who runs this server.",
  INSUFFICIENT_VRAM: "Ask for less: a lower preset, fewer faces, or another model.",
  NOT_FOUND: "What it needed is gone: send the file again.",
  API_ERROR: "Try again in a moment.",
  JOB_FAILED: "Try again; if it fails the same way, try another input or other settings.",
  INTERNAL_ERROR: "Try again; if it fails the same way, tell the person who runs this server.",
};

/** "processing" as "Running". */
export function stateWords(status) {
  return STATES[status] ?? sentence(status);
}

/** What a card is headed with: the prompt, the file's name, or else what is done. */
export function titleOf(job) {
  return job.title || featureWords(job.feature);
}

/** The line below the title: what is done, where the title does not say so already. */
export function factsOf(job) {
  return job.title ? featureWords(job.feature) : "";
}

/** How long the run took; "" for what has not run to its end. */
export function tookWords(job) {
  return job.status === "completed" && job.processing_time !== null ? `in ${duration(job.processing_time)}` : "";
}

/** "3rd in line, ready in about 2 min". `etaSeconds` is null where it is not known. */
export function placeWords(job, etaSeconds) {
  const position = job.queue_position;
  const where = position === null ? "In line" : position === 0 ? "Next in line" : `${place(position)} in line`;
  return etaSeconds === null || etaSeconds < 1 ? where : `${where}, ready in about ${duration(etaSeconds)}`;
}

/** "42 %, about 8 s left". */
export function progressWords(job, etaSeconds) {
  const percent = `${Math.floor(job.progress)} %`;
  if (etaSeconds === null) return percent;
  return etaSeconds < 1 ? `${percent}, longer than usual` : `${percent}, about ${duration(etaSeconds)} left`;
}

/** "Baking the texture"; what it does before its first stage too. */
export function stageWords(job) {
  return job.stage ? sentence(job.stage) : "Starting";
}

/** What can be done about a failure. */
export function adviceOf(job) {
  return ADVICE[job.error_code] ?? ADVICE.JOB_FAILED;
}

/** A moment as the clock's time today, else with its date. */
export function momentWords(iso, now = new Date()) {
  const moment = new Date(iso);
  const time = moment.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  if (moment.toDateString() === now.toDateString()) return time;
  const year = moment.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return `${moment.toLocaleDateString([], { day: "numeric", month: "short", year })}, ${time}`;
}

/** What is read out when a job has come to a state. */
export function announcement(job) {
  return `${titleOf(job)}: ${stateWords(job.status).toLowerCase()}`;
}

/** Whether a job holds all words that are searched for. An id counts from its beginning. */
export function matchesText(job, text) {
  const said = [job.title, featureWords(job.feature), job.model, stateWords(job.status), job.error];
  const whole = said.filter(Boolean).join(" ").toLowerCase();
  const words = text.toLowerCase().split(/\s+/);
  return words.every((word) => whole.includes(word) || (word.length >= 8 && job.job_id.startsWith(word)));
}
