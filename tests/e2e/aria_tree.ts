import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { waitFor } from "../harness/wait_for.ts";

/** Set to write the files anew: look at what differs before committing it. */
const RENEW = "RENEW_ARIA";

/** What differs from run to run, and what stands for it in the files. */
const MASKS: readonly (readonly [RegExp, string])[] = [
  [/[!$@]?[A-Za-z0-9_-]{20,}/g, "ID"],
  [/\blocalhost:\d+/g, "HOST"],
  [/\b\d{1,2}:\d{2}(?:\s[AP]M)?\b/g, "TIME"],
  [/\b(?:[A-Z][a-z]+day, )?[A-Z][a-z]+ \d{1,2}, \d{4}\b/g, "DATE"],
];

/** The page as assistive technology is told of it: roles, names and states, nested. */
async function ariaTree(page: Page): Promise<string> {
  let tree = await page.locator("body").ariaSnapshot();
  for (const [pattern, mask] of MASKS) tree = tree.replaceAll(pattern, mask);
  return `${tree}\n`;
}

/** How long a page may still be arriving. */
const SETTLING_MS = 20_000;

/** Compares a page with `aria/NAME.yml`; what was meant to change is written there on request. */
export async function assertAriaTree(page: Page, name: string): Promise<void> {
  const file = new URL(`./aria/${name}.yml`, import.meta.url);
  let tree = await ariaTree(page);
  if (Deno.env.get(RENEW)) return await Deno.writeTextFile(file, tree);
  const agreed = await Deno.readTextFile(file);
  await waitFor(`the screen "${name}"`, async () => {
    tree = await ariaTree(page);
    return tree === agreed;
  }, SETTLING_MS).catch(() => undefined);
  assert.equal(
    tree,
    agreed,
    `What assistive technology is told of "${name}" has changed (${differences(tree, agreed)}). ` +
      `If it was meant to: ${RENEW}=1 deno test -A tests/e2e/comfort_test.ts, and look at the ` +
      `difference.`,
  );
}

/** Lines that only one of two texts has, in one line of text: a summary of many tests cuts the rest. */
function differences(told: string, agreed: string): string {
  const only = (text: string, other: string) => {
    const known = new Set(other.split("\n"));
    const lines = text.split("\n").filter((line) => !known.has(line)).slice(0, 20);
    return lines.map((line) => line.trim()).join(" / ") || "the same lines";
  };
  return `told: ${only(told, agreed)}; agreed: ${only(agreed, told)}; ` +
    `${told.split("\n").length} lines for ${agreed.split("\n").length}`;
}
