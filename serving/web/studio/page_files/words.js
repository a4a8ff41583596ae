/** How things are said on the page: features, stages, durations, sizes. Pure. */

const FEATURES = {
  image_to_textured_mesh: "Image to textured mesh",
  image_to_raw_mesh: "Image to plain mesh",
  text_to_textured_mesh: "Text to textured mesh",
  text_to_raw_mesh: "Text to plain mesh",
  text_mesh_painting: "Paint by text",
  image_mesh_painting: "Paint by image",
  mesh_segmentation: "Split into parts",
  part_completion: "Complete parts",
  auto_rig: "Rig",
  mesh_conversion: "Convert",
};

/** "image_to_raw_mesh" as people say it; a feature that this page does not know is said by its name's words. */
export function featureWords(name) {
  return FEATURES[name] ?? sentence(name);
}

/** "waiting_for_model" as "Waiting for model". */
export function sentence(name) {
  const words = String(name ?? "")
    .replaceAll("_", " ")
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** "the model ran out of memory" with a capital and a stop; a field's name in front stays as it is written. */
export function asSentence(text) {
  const words = String(text ?? "").trim();
  if (!words) return "";
  const first = /^[a-z]+ /.test(words) ? words.charAt(0).toUpperCase() : words.charAt(0);
  return first + words.slice(1) + (/[.!?]$/.test(words) ? "" : ".");
}

/** 0 as "next", 1 as "2nd". */
export function place(position) {
  if (position === 0) return "next";
  const n = position + 1;
  const teen = n % 100 >= 11 && n % 100 <= 13;
  return `${n}${teen ? "th" : ({ 1: "st", 2: "nd", 3: "rd" }[n % 10] ?? "th")}`;
}

/** Seconds as "8 s", "2 min", "1 h 5 min". */
export function duration(seconds) {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Bytes as "0.4 MB". */
export function size(bytes) {
  if (bytes < 1_000_000) return `${Math.max(1, Math.round(bytes / 1000))} kB`;
  return bytes < 1_000_000_000 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

/** 12000 as "12,000". */
export function count(number) {
  return Number(number).toLocaleString("en");
}
