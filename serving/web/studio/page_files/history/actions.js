/** What the buttons of cards ask of the server. */
import { ApiError, getJson, postJson } from "../api.js";
import { say } from "../bus.js";
import { Once } from "../once.js";
import { asSentence } from "../words.js";
import { titleOf } from "./words.js";

const JOBS = "/api/v1/system/jobs";
const once = new Once();

/** End a job that has not ended. */
export function cancel(jobs, job) {
  return attempted(jobs, job, "was not cancelled", async () => {
    await postJson(`${JOBS}/${job.job_id}/cancel`);
    await jobs.ask(job.job_id);
  });
}

/** Send a job again as it was: one new job, also where the answer is lost and the button is pressed again. */
export function retry(jobs, job) {
  return attempted(jobs, job, "was not sent again", async () => {
    const { job_id, warnings } = await once.post(`${JOBS}/${job.job_id}/retry`);
    say("submitted", { job_id, feature: job.feature, warnings });
  });
}

/** Remove a job and all its files. */
export function remove(jobs, job) {
  return attempted(jobs, job, "was not deleted", async () => {
    await getJson(`${JOBS}/${job.job_id}`, { method: "DELETE" });
    jobs.remove(job.job_id);
    say("announce", { text: `${titleOf(job)}: deleted` });
  });
}

/** Do it, or say why not. A job that is gone leaves the list. */
async function attempted(jobs, job, failed, act) {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 401) return say("key-needed");
    say("alert", { kind: "error", text: `“${titleOf(job)}” ${failed}. ${asSentence(error.message)}` });
    if (error.status === 404 || error.status === 410) await jobs.ask(job.job_id).catch(() => null);
  }
}
