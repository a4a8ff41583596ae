/** The queue, and the machine that the web runs on: processors, memory, disk. */
import { el } from "../dom.js";
import { count, duration, size } from "../words.js";
import { bar, tile } from "./tile.js";

const DAY_S = 86_400;

/** -> {element, show(view)} */
export function makeMachineTile() {
  const { element, body } = tile("Machine", "machine");
  const queue = el("p", {});
  const processors = bar("Processors");
  const memory = bar("Memory", { warns: true });
  const disk = bar("Disk", { warns: true });
  const since = el("p", { class: "soft small" });
  body.append(queue, processors.element, memory.element, disk.element, since);
  return {
    element,
    show(view) {
      const { pending_jobs, processing_jobs, completed_jobs } = view.queue;
      queue.textContent = `${count(pending_jobs)} waiting, ${count(processing_jobs)} running, ${count(completed_jobs)} completed`;
      processors.show(view.cpu_usage / 100, `${Math.round(view.cpu_usage)} %`);
      memory.show(view.memory.percent / 100, `${size(view.memory.used)} of ${size(view.memory.total)}`);
      disk.show(view.disk.percent / 100, `${size(view.disk.free)} free`);
      since.textContent = `Version ${view.version}, up for ${age(view.uptime)}`;
    },
  };
}

function age(seconds) {
  if (seconds < 2 * DAY_S) return duration(seconds);
  return `${Math.floor(seconds / DAY_S)} days`;
}
