/** One of twelve hues, always the same for the same id. */
export function hueOf(id: string): number {
  let hash = 7;
  for (let i = 0; i < id.length; i++) hash = (hash * 31 + id.charCodeAt(i)) >>> 0;
  return hash % 12;
}

/** Made for the first name that needs it: a phone takes milliseconds for it. */
let segmenter: Intl.Segmenter | undefined;

function firstGrapheme(word: string): string {
  // Below the first combining mark each letter stands for itself.
  if (/^[!-\u02ff](?![^!-\u02ff])/.test(word)) return word.slice(0, 1);
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  for (const { segment } of segmenter.segment(word)) return segment;
  return "";
}

/** Up to two initials of a name; whole graphemes, so an emoji or accent stays whole. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/[\s._-]+/)
    .map((word) => word.replace(/^[^\p{L}\p{N}\p{Extended_Pictographic}]+/u, ""))
    .filter((word) => word !== "");
  const picked = words.length > 1 ? [words[0], words.at(-1)] : words.slice(0, 1);
  return picked.map((word) => firstGrapheme(word ?? "").toUpperCase()).join("") || "?";
}
