/** The first picture: three.js is fetched, and the canvas asked for a graphics card. */

const NO_WEBGL =
  "This browser draws no 3D here: WebGL 2 is missing or switched off. Everything can still be downloaded.";

/** A Viewer on the canvas, as large as its parent and in the page's colours. Throws Error where there is no WebGL. */
export async function openViewer(canvas, hooks) {
  const context = canvas.getContext("webgl2", { antialias: true, alpha: false });
  if (!context) throw new Error(NO_WEBGL);
  const { Viewer } = await import("./viewer.js");
  const colours = () => {
    const style = getComputedStyle(document.documentElement);
    return { canvas: style.getPropertyValue("--canvas").trim(), line: style.getPropertyValue("--line-strong").trim() };
  };
  const viewer = new Viewer(canvas, context, colours, { ...hooks, drawn: (info) => tell(canvas, info) });
  const fit = () => viewer.stage.resize(canvas.clientWidth, canvas.clientHeight);
  new ResizeObserver(fit).observe(canvas.parentElement);
  fit();
  return viewer;
}

/** What the card holds, for whoever looks for leaks. */
function tell(canvas, { memory, render }) {
  canvas.dataset.pictures = String(Number(canvas.dataset.pictures ?? 0) + 1);
  canvas.dataset.geometries = String(memory.geometries);
  canvas.dataset.textures = String(memory.textures);
  canvas.dataset.triangles = String(render.triangles);
}
