import type { Token } from "marked";
import { childrenOf, parseMarkdown, safeHref } from "./parse.ts";

/** A link as it stands in a message, and where it leads. */
export interface FoundLink {
  readonly raw: string;
  readonly href: string;
}

/** What hides its inside, or shows it as it was written. */
const OPAQUE: ReadonlySet<string> = new Set(["code", "codespan", "spoiler", "html"]);

/**
 * The links of a message that ask for a preview, in their order: none in code, in spoilers, or
 * in angle brackets (`<https://...>`, `[text](<https://...>)`), by which an author says "none".
 */
export function previewLinks(source: string): FoundLink[] {
  const links: FoundLink[] = [];
  const walk = (token: Partial<Token>) => {
    if (OPAQUE.has(token.type ?? "")) return;
    if (token.type !== "link" && token.type !== "image") {
      for (const inner of childrenOf(token)) walk(inner as Partial<Token>);
      return;
    }
    const { raw = "", href = "" } = token;
    const safe = raw.startsWith("<") || raw.includes("](<") ? undefined : safeHref(href);
    if (safe !== undefined && /^https?:/i.test(safe)) links.push({ raw, href: safe });
  };
  for (const token of parseMarkdown(source)) walk(token);
  return links;
}
