/**
 * What the parts of the page tell one another. Parts never reach into each other; they say and listen here.
 *
 * | event          | detail                                   | said by          | heard by                |
 * |----------------|------------------------------------------|------------------|-------------------------|
 * | submitted      | {job_id, feature, warnings}              | composer, history| history                 |
 * | job            | {job} a JobStatus, whenever it changed   | history          | operator's chip         |
 * | deleted        | {job_id} a job that is gone for good     | history          | viewport                |
 * | show           | {job} a completed JobStatus              | history          | viewport                |
 * | compare        | {job} to stand beside the one shown      | history          | viewport                |
 * | swapped        | {job} the left one now; null for a file  | viewport         | history                 |
 * | preview        | {url, name} a GLB that is not a result   | composer         | viewport                |
 * | use-as-input   | {job, feature} feature: its name, or ""  | viewport, history| composer                |
 * | alert          | {text, kind} kind: "error" or "info"     | all              | shell                   |
 * | announce       | {text} for screen readers alone          | all              | shell                   |
 * | key-changed    | {hadKey} whether there was one before    | shell            | all                     |
 * | key-needed     | {} opens the dialog for the API key      | all              | shell                   |
 * | theme-changed  | {}                                       | shell            | viewport                |
 * | connection     | {state} "live", "polling" or "offline"   | history          | operator's chip         |
 * | pane           | {name} composer, viewport or history     | all              | shell (narrow screens)  |
 */
export const bus = new EventTarget();

/** Tell the others. */
export function say(name, detail = {}) {
  bus.dispatchEvent(new CustomEvent(name, { detail }));
}

/** Call `listener` with the detail of every event of that name. Answers a function that ends it. */
export function hear(name, listener) {
  const wrapped = (event) => listener(event.detail);
  bus.addEventListener(name, wrapped);
  return () => bus.removeEventListener(name, wrapped);
}
