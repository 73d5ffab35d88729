import type { Browser, Page } from "playwright-core";

/** Of what a page shows, so much is told from its beginning and from its end. */
const SHOWN_CHARACTERS = 600;

/**
 * The steps of a walk through pages of a browser. Each builds on the one before: where one fails
 * there is nothing more to see. Its error says what the pages show at that moment.
 */
export function pageSteps(t: Deno.TestContext, browser: Browser) {
  return async (name: string, walk: () => Promise<void> | void): Promise<void> => {
    const isDone = await t.step(name, async () => {
      try {
        await walk();
      } catch (error) {
        throw await withPages(error, browser.contexts().flatMap((context) => context.pages()));
      }
    });
    if (!isDone) throw new Error(`What follows "${name}" stands on it.`);
  };
}

async function withPages(error: unknown, pages: readonly Page[]): Promise<Error> {
  const { name, message, stack = "" } = error instanceof Error ? error : new Error(String(error));
  const frames = stack.split("\n").filter((line) => /^ {4}at /.test(line));
  const text = [message, ...await Promise.all(pages.map(describe))].join("\n");
  const told = new Error(text);
  told.name = name;
  // What the message has beyond its first line is printed beside the stack.
  told.stack = [`${name}: ${text.split("\n", 1)[0]}`, ...frames].join("\n");
  return told;
}

/** Where a page is and what can be read in it: of a dialog, or else of its middle. */
async function describe(page: Page): Promise<string> {
  try {
    const shown = await page.evaluate(() => {
      const place = document.querySelector("dialog[open]") ?? document.querySelector("main");
      const toasts = [...document.querySelectorAll(".toast")];
      return [place ?? document.body, ...toasts].map((each) => (each as HTMLElement).innerText);
    });
    const text = shown.join(" || ").replace(/\s+/g, " ");
    const part = text.length <= 2 * SHOWN_CHARACTERS
      ? text
      : `${text.slice(0, SHOWN_CHARACTERS)} [...] ${text.slice(-SHOWN_CHARACTERS)}`;
    return `${page.url()} shows: ${part}`;
  } catch (error) {
    return `${page.url()} cannot be looked at: ${error}`;
  }
}
