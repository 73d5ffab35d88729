import axe from "axe-core";
import type { Page } from "playwright-core";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Breaches of WCAG 2.2 AA and of good practice on the page as it stands, in words. */
export async function findBarriers(page: Page): Promise<string[]> {
  // evaluate() is not bound by the content policy of the page.
  await page.evaluate(axe.source);
  const found = await page.evaluate(
    `axe.run(document, { runOnly: { type: "tag", values: ${JSON.stringify(TAGS)} } })`,
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
