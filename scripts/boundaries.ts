/**
 * Proves the one-way import rule, the absence of cycles, that no tool of the build reaches
 * the server, and that core and the browser part of ui need no Deno. docs/ARCHITECTURE.md.
 */
import { findCycles, type ImportEdge, reachable, readImports } from "./lib/graph.ts";
import { judgeImport, TOOL_PACKAGES } from "./lib/layers.ts";
import { checkWithoutDeno } from "./lib/pure_types.ts";
import { isTest, listSources } from "./lib/suites.ts";

const SERVER_LIB = ["esnext", "dom", "dom.iterable", "dom.asynciterable"];

/** Every breach of the import rule in a tree, as sentences. Empty is good. */
export async function findBreaches(
  root: string,
  configPath = `${root}/deno.json`,
): Promise<string[]> {
  const sources = listSources(root);
  const edges = await readImports(root, sources, configPath);
  return [
    ...edges.flatMap((edge) => {
      const reason = judgeImport(edge);
      return reason === undefined
        ? []
        : [`${edge.from}:${edge.line} imports ${edge.to}: ${reason}`];
    }),
    ...findCycles(edges.filter((edge) => !isTest(edge.from)))
      .map((cycle) => `cycle: ${cycle.join(" -> ")}`),
    ...findTools(edges),
  ];
}

function findTools(edges: readonly ImportEdge[]): string[] {
  const reached = reachable(edges, ["main.ts"]);
  return TOOL_PACKAGES.filter((tool) => reached.has(tool))
    .map((tool) => `main.ts reaches ${tool}, a tool of the build`);
}

/** Type errors of core and of what runs in the browser, checked without Deno's types. */
export async function findImpureTypes(root: string): Promise<string[]> {
  const sources = listSources(root).filter((path) => !isTest(path));
  const groups = [
    sources.filter((path) => path.startsWith("core/")),
    sources.filter((path) =>
      path.startsWith("ui/islands/") || path.startsWith("ui/sw/") || path === "ui/client.ts" ||
      path === "ui/lib/e2ee/worker.ts" || path === "ui/lib/voice/frame_worker.ts"
    ),
  ];
  const breaches: string[] = [];
  for (const files of groups) {
    const result = await checkWithoutDeno(root, files, SERVER_LIB);
    if (!result.success) breaches.push(result.output);
  }
  return breaches;
}

if (import.meta.main) {
  const root = new URL("..", import.meta.url).pathname.replace(/\/$/, "");
  const breaches = [...await findBreaches(root), ...await findImpureTypes(root)];
  for (const breach of breaches) console.error(breach);
  if (breaches.length > 0) Deno.exit(1);
}
