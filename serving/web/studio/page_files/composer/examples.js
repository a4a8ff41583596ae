/** A first job without any file: a prompt, or a picture that the page draws itself. */
export const EXAMPLE_PROMPT = "a red sports car with black wheels";
const SIDE_PX = 512;
// x, y and the two radii of each dot on the cap.
const DOTS = [
  [256, 110, 42, 32],
  [150, 170, 30, 32],
  [362, 170, 30, 32],
  [252, 214, 36, 26],
  [104, 246, 20, 20],
  [408, 246, 20, 20],
  [330, 252, 22, 15],
  [180, 254, 20, 14],
];

/** A toy mushroom on nothing, as a PNG file. */
export async function examplePicture() {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE_PX;
  const pen = canvas.getContext("2d");
  stem(pen);
  cap(pen);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  return new File([blob], "mushroom.png", { type: "image/png" });
}

function stem(pen) {
  const shade = pen.createLinearGradient(190, 0, 330, 0);
  shade.addColorStop(0, "#d9c7a3");
  shade.addColorStop(0.4, "#f7ecd4");
  shade.addColorStop(1, "#c4ae86");
  pen.fillStyle = shade;
  pen.beginPath();
  pen.moveTo(212, 270);
  pen.bezierCurveTo(215, 350, 175, 430, 196, 458);
  pen.bezierCurveTo(215, 482, 297, 482, 316, 458);
  pen.bezierCurveTo(337, 430, 297, 350, 300, 270);
  pen.fill();
}

function cap(pen) {
  const shade = pen.createRadialGradient(200, 120, 20, 256, 200, 230);
  shade.addColorStop(0, "#f0604a");
  shade.addColorStop(0.6, "#c92a20");
  shade.addColorStop(1, "#8c1410");
  pen.fillStyle = shade;
  pen.beginPath();
  pen.moveTo(60, 262);
  pen.bezierCurveTo(60, 110, 160, 40, 256, 40);
  pen.bezierCurveTo(352, 40, 452, 110, 452, 262);
  pen.bezierCurveTo(452, 304, 60, 304, 60, 262);
  pen.fill();
  pen.fillStyle = "#fbf3e4";
  for (const [x, y, width, height] of DOTS) {
    pen.beginPath();
    pen.ellipse(x, y, width, height, 0, 0, 2 * Math.PI);
    pen.fill();
  }
}
