import { type FoundLink, previewLinks } from "./links.ts";

/** Links are hidden one by one: so many places of a text are tried at the most. */
const TRIES = 60;

/**
 * The message with its links in angle brackets, by which they ask for no preview; undefined where
 * that cannot be done without changing what else it says.
 */
export function hidePreviews(source: string): string | undefined {
  let text = source;
  let links = previewLinks(text);
  let from = 0;
  for (let tries = 0; tries < TRIES; tries++) {
    const [link] = links;
    if (link === undefined) return text;
    const at = text.indexOf(link.raw, from);
    if (at < 0) return undefined;
    const next = text.slice(0, at) + bracketed(link) + text.slice(at + link.raw.length);
    const left = previewLinks(next);
    // These letters may stand before it in code, or in brackets already.
    from = left.length < links.length ? 0 : at + link.raw.length;
    if (from === 0) [text, links] = [next, left];
  }
  return undefined;
}

function bracketed({ raw, href }: FoundLink): string {
  if (!raw.includes("](")) return `<${href}>`;
  return `${raw.slice(0, raw.lastIndexOf("]("))}](<${href}>)`;
}
