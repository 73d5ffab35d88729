import type { Page } from "playwright-core";

/** Where a page shows what people wrote or named, or what is the same in every language. */
const FOREIGN = [
  "code",
  "kbd",
  "pre",
  "textarea",
  "[lang]:not(html)",
  ".md",
  ".reply-ref",
  ".mono",
  // What was done stands in the logs under the names of the API, with what was and is.
  ".tag",
  ".changes",
].join(",");
const ATTRIBUTES = ["aria-label", "title", "placeholder", "alt"] as const;

/**
 * Texts of a page in the pseudo-language that still hold Latin letters once the `known` words
 * are taken out: they are not from the catalogue.
 */
export function findUntranslated(page: Page, known: readonly string[]): Promise<string[]> {
  return page.evaluate(
    ({ foreign, attributes, known }) => {
      const found = new Set<string>();
      const look = (text: string, where: string) => {
        let rest = text;
        rest = rest.replace(
          /@[\w.-]+[@:][\w.-]+|\b[\w.-]+\.example\.org|https?:\S+|invite:\w+/g,
          " ",
        );
        for (const word of known) rest = rest.replace(new RegExp(`\\b${word}\\b`, "g"), " ");
        if (/[A-Za-z]{2,}/.test(rest)) found.add(`${where}: ${text.trim().slice(0, 120)}`);
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
