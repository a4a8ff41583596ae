/** Small drawings for buttons: lines in the colour of the text. */
const SVG = "http://www.w3.org/2000/svg";
const PATHS = {
  grid: "M3 8h18M3 16h18M8 3v18M16 3v18",
  frame: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  reset: "M4 12a8 8 0 1 0 3-6.2M4 4v4.5h4.5",
  camera: "M4 8h3.5L9 5.5h6L16.5 8H20v11H4zM12 16.5a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6",
  shut: "M3 10c2.5 4 5.5 6 9 6s6.500-2 9-6M6 14l-2 3M12 16v3.500M18 14l2 3",
  play: "M8 5l11 7-11 7z",
  pause: "M8 5v14M16 5v14",
  close: "M6 6l12 12M18 6L6 18",
  swap: "M4 9h15l-4-4M20 15H5l4 4",
};

/** An icon for a button that says in words what it does elsewhere. */
export function icon(name) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", PATHS[name]);
  drawing.append(line);
  return drawing;
}
