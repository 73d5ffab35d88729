import axe from "axe-core";
import type { Page } from "playwright-core";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Until colors and places no longer change: what fades in is no barrier. Twice: one may begin another. */
const STILL = `(async () => {
  for (let i = 0; i < 2; i++) {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const ending = document.getAnimations()
      .filter((each) => each.effect.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ending.map((each) => each.finished));
  }
})()`;

/**
 * Breaches of WCAG 2.2 AA and of good practice on the page as it stands, in words. `rules`: only
 * these, for looks of a page that differ in nothing else; `inside`: a selector.
 */
export async function findBarriers(
  page: Page,
  { rules, inside }: { readonly rules?: readonly string[]; readonly inside?: string } = {},
): Promise<string[]> {
  await page.evaluate(STILL);
  // evaluate() is not bound by the content policy of the page.
  if (await page.evaluate("typeof axe") === "undefined") await page.evaluate(axe.source);
  const runOnly = rules === undefined
    ? { type: "tag", values: TAGS }
    : { type: "rule", values: rules };
  const found = await page.evaluate(
    `axe.run(${inside === undefined ? "document" : JSON.stringify(inside)}, {
      runOnly: ${JSON.stringify(runOnly)},
      resultTypes: ["violations"],
      preload: false,
    })`,
  ) as {
    violations: {
      id: string;
      help: string;
      nodes: { html: string; failureSummary?: string }[];
    }[];
  };
  return found.violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) =>
      `${id}: ${help}\n    ${node.html.slice(0, 200)}\n    ${
        (node.failureSummary ?? "").replace(/\s+/g, " ").slice(0, 300)
      }`
    )
  );
}
