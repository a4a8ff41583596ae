/** Thumbnails as plain pictures, read when they come near to where they are seen. */
import { ApiError, fileUrl } from "../api.js";
import { hear } from "../bus.js";
import { el } from "../dom.js";

const near = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) load(target);
  },
  { rootMargin: "400px" },
);

// Frames whose picture did not come.
const lost = new Set();

hear("connection", ({ state }) => {
  if (state === "offline") return;
  for (const frame of lost) if (frame.isConnected && frame.dataset.path) near.observe(frame);
  lost.clear();
});

/** Have `frame` show the picture at a path of the server; none for null. */
export function showPicture(frame, path) {
  if ((frame.dataset.path ?? "") === (path ?? "")) return;
  frame.dataset.path = path ?? "";
  frame.replaceChildren();
  if (path) near.observe(frame);
  else near.unobserve(frame);
}

async function load(frame) {
  near.unobserve(frame);
  const { path } = frame.dataset;
  const url = await fileUrl(path).catch((error) => {
    if (!(error instanceof ApiError)) throw error;
    lost.add(frame); // where the result is gone, the card says so once the server does
    return null;
  });
  if (!url || frame.dataset.path !== path) return free(url);
  const picture = el("img", { alt: "", width: 72, height: 72, decoding: "async", draggable: "false" });
  picture.addEventListener("load", () => free(url));
  picture.addEventListener("error", () => {
    free(url);
    picture.remove();
    lost.add(frame);
  });
  picture.src = url;
  frame.replaceChildren(picture);
}

function free(url) {
  if (url?.startsWith("blob:")) URL.revokeObjectURL(url);
}
