/** The GPUs: how full, how busy, how warm. */
import { el } from "../dom.js";
import { bar, mib, rows, tile } from "./tile.js";

/** -> {element, show(view)} */
export function makeGpuTile() {
  const { element, body } = tile("GPUs", "gpus");
  const none = el("p", { class: "soft" }, "No GPU: built-in models on the CPU");
  const list = el("ul", { class: "tile-list" });
  const showRows = rows(list, (gpu) => gpu.id, makeRow);
  body.append(none, list);
  return {
    element,
    show({ gpus }) {
      none.hidden = gpus.length > 0;
      list.hidden = gpus.length === 0;
      showRows(gpus);
    },
  };
}

function makeRow({ id, name }) {
  const memory = bar("Memory");
  const heat = el("span", { class: "soft" });
  const element = el("li", {}, el("div", { class: "headed" }, el("h3", {}, `${id}: ${name}`), heat), memory.element);
  return {
    element,
    show(gpu) {
      memory.show(gpu.memory_used / gpu.memory_total, `${mib(gpu.memory_used)} of ${mib(gpu.memory_total)}`);
      heat.textContent = [
        gpu.gpu_utilization !== null && `${Math.round(100 * gpu.gpu_utilization)} % busy`,
        gpu.temperature !== null && `${gpu.temperature} °C`,
      ]
        .filter(Boolean)
        .join(", ");
    },
  };
}
