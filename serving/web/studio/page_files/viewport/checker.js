/** A checker that shows how a texture lies on a surface: squares of even size, each with a name of its own. */
import { CanvasTexture, RepeatWrapping, SRGBColorSpace } from "three";

const SIDE_PX = 1024;
const CELLS = 8;
const LETTERS = "ABCDEFGH";

/** The texture. The caller disposes of it. */
export function checkerTexture() {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE_PX;
  const pen = canvas.getContext("2d");
  const cell_px = SIDE_PX / CELLS;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.font = `bold ${cell_px * 0.42}px sans-serif`;
  for (let row = 0; row < CELLS; row++) {
    for (let column = 0; column < CELLS; column++) {
      const dark = (row + column) % 2 === 0;
      pen.fillStyle = `hsl(${(column * 360) / CELLS} ${dark ? 55 : 45}% ${dark ? 34 : 78}%)`;
      pen.fillRect(column * cell_px, row * cell_px, cell_px, cell_px);
      pen.fillStyle = dark ? "#ffffff" : "#1c1a17";
      pen.fillText(`${LETTERS[column]}${row + 1}`, (column + 0.5) * cell_px, (row + 0.5) * cell_px);
    }
  }
  const texture = new CanvasTexture(canvas);
  texture.colorSpace = SRGBColorSpace;
  texture.wrapS = texture.wrapT = RepeatWrapping;
  texture.flipY = false; // as glTF has it: v runs downwards
  texture.anisotropy = 8;
  return texture;
}
