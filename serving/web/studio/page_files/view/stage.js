/** <model-viewer> on the share page. Whatever it might load besides the model lies on this server, or nowhere. */
import { el } from "../dom.js";

// Files here hold plain triangles and pictures. Decoders that would be asked of other hosts are looked for here instead.
const NO_DECODER = new URL("../vendor/none/", import.meta.url).href;
const still = matchMedia("(prefers-reduced-motion: reduce)");

/** Show a model: {model, poster, title}. `page` has by(id), complain(text) and announce(text). */
export async function showModel(shown, page) {
  if (!canDraw()) {
    showPicture(shown, page);
    return;
  }
  self.ModelViewerElement = {
    dracoDecoderLocation: NO_DECODER,
    ktx2TranscoderLocation: NO_DECODER,
    lottieLoaderLocation: `${NO_DECODER}lottie.js`,
  };
  // It would compile a decoder right away, which no file here needs and the page's policy does not allow.
  Reflect.deleteProperty(globalThis, "WebAssembly");
  await import("../vendor/model-viewer/model-viewer-module.min.js");
  const viewer = makeViewer(shown);
  tellProgress(viewer, page);
  offerTurning(viewer, page.by("turning"));
  page.by("stage").append(viewer);
}

function canDraw() {
  return document.createElement("canvas").getContext("webgl2") !== null;
}

function showPicture({ poster, title }, page) {
  if (poster) page.by("stage").append(el("img", { class: "still", src: poster, alt: `3D model: ${title}` }));
  fail("This browser draws nothing in 3D (WebGL 2). The model can be downloaded.", page);
}

function fail(words, page) {
  page.by("progress").hidden = true;
  page.complain(words);
  document.body.dataset.state = "failed";
}

function makeViewer({ model, poster, title }) {
  return el(
    "model-viewer",
    {
      src: model,
      poster: poster || null,
      alt: `3D model: ${title}`,
      loading: "eager",
      "camera-orbit": "30deg 72deg 105%",
      "camera-controls": true,
      "touch-action": "pan-y",
      "interaction-prompt": "none",
      ar: true,
      "ar-modes": "webxr scene-viewer quick-look",
      "environment-image": "neutral",
      "tone-mapping": "neutral",
      "shadow-intensity": "1",
      "shadow-softness": "0.8",
    },
    el("button", { type: "button", slot: "ar-button", class: "ar-button primary" }, "See it in your room"),
    el("span", { slot: "progress-bar" }),
  );
}

function tellProgress(viewer, page) {
  const progress = page.by("progress");
  viewer.addEventListener("progress", ({ detail }) => {
    const percent = Math.round(100 * detail.totalProgress);
    progress.setAttribute("aria-valuenow", String(percent));
    progress.firstElementChild.style.inlineSize = `${percent}%`;
  });
  viewer.addEventListener("load", () => {
    progress.hidden = true;
    page.by("hint").hidden = false;
    page.announce("The model can be turned now.");
    document.body.dataset.state = "ready";
  });
  viewer.addEventListener("error", () => fail("The model cannot be shown here. It can be downloaded.", page));
}

/** It turns by itself only where motion is welcome, and stops when that is wished. */
function offerTurning(viewer, button) {
  const turn = (wished) => {
    viewer.toggleAttribute("auto-rotate", wished);
    button.setAttribute("aria-pressed", String(wished));
  };
  button.addEventListener("click", () => turn(button.getAttribute("aria-pressed") !== "true"));
  still.addEventListener("change", () => turn(!still.matches));
  button.hidden = false;
  turn(!still.matches);
}
