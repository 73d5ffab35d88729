import type { Page } from "playwright-core";

/** Where a page shows what is the same in every language. */
const FOREIGN = [
  "code",
  "kbd",
  "pre",
  "textarea",
  "[lang]:not(html)",
  "[translate=no]",
  ".md",
  ".mono",
  // What was done stands in the logs under the names of the API, with what was and is.
  ".tag",
  ".changes",
].join(",");
const ATTRIBUTES = ["aria-label", "title", "placeholder", "alt"] as const;

/** Every Latin word in the strings of a value, for telling what people wrote and named. */
export function wordsIn(value: unknown): string[] {
  if (typeof value === "string") return value.match(/[A-Za-z]{2,}/g) ?? [];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(wordsIn);
}

/**
 * Texts of a page in the pseudo-language that hold Latin words which are not `known`: they are not
 * from the catalogue.
 */
export function findUntranslated(page: Page, known: readonly string[]): Promise<string[]> {
  return page.evaluate(
    ({ foreign, attributes, known }) => {
      const words = new Set(known);
      const found = new Set<string>();
      const look = (text: string, where: string) => {
        const rest = text.replace(
          /@[\w.-]+[@:][\w.-]+|\b[\w.-]+\.(example\.org|test)\b|https?:\S+|invite:\w+|(?:\/[\w.-]+){2,}/g,
          " ",
        );
        const strange = (rest.match(/[A-Za-z]{2,}/g) ?? []).filter((word) => !words.has(word));
        if (strange.length > 0) found.add(`${where}: ${text.trim().slice(0, 120)}`);
      };
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const parent = node.parentElement;
        if (!parent || parent.closest(foreign) || parent.closest("script,style,noscript")) continue;
        look(node.textContent ?? "", parent.tagName.toLowerCase());
      }
      for (const element of document.body.querySelectorAll("*")) {
        if (element.closest(foreign)) continue;
        for (const name of attributes) look(element.getAttribute(name) ?? "", `@${name}`);
      }
      return [...found];
    },
    { foreign: FOREIGN, attributes: [...ATTRIBUTES], known: [...known] },
  );
}
