import type { ImportEdge } from "./graph.ts";
import { isTest } from "./suites.ts";

/** Files that are found by their place and not by an import: pages, islands, benchmarks. */
const FOUND_BY_PLACE =
  /^ui\/(?:routes|islands)\/|^ui\/(?:client|sw\/(?:worker|open_sealed)|lib\/e2ee\/worker|lib\/voice\/frame_worker)\.ts$|^tests\/bench\/[^/]+\.ts$/;

/**
 * Source files that nothing starts: not reached from `main.ts`, a page, a test or a task,
 * nor named as a worker or an asset (`new URL("./x.ts", import.meta.url)`).
 */
export function findDeadFiles(
  sources: ReadonlyMap<string, string>,
  edges: readonly ImportEdge[],
  taskFiles: readonly string[],
): string[] {
  const next = new Map<string, string[]>();
  const link = (from: string, to: string) => next.set(from, [...(next.get(from) ?? []), to]);
  for (const edge of edges) link(edge.from, edge.to);
  for (const [path, text] of sources) {
    for (const match of text.matchAll(/["'](\.{1,2}\/[^"']+\.tsx?)["']/g)) {
      link(path, new URL(match[1] ?? "", `file:///${path}`).pathname.slice(1));
    }
  }
  const waiting = [
    "main.ts",
    ...taskFiles,
    ...[...sources.keys()].filter((path) => isTest(path) || FOUND_BY_PLACE.test(path)),
  ];
  const seen = new Set<string>();
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    waiting.push(...(next.get(path) ?? []));
  }
  return [...sources.keys()].filter((path) => !seen.has(path)).sort();
}

/** The project files that the tasks of deno.json name, and its lint plugins. */
export function filesOfTasks(config: {
  readonly tasks?: Readonly<Record<string, string>>;
  readonly lint?: { readonly plugins?: readonly string[] };
}): string[] {
  const named = Object.values(config.tasks ?? {})
    .flatMap((command) => [...command.matchAll(/[\w./-]+\.tsx?/g)].map((match) => match[0]));
  const plugins = (config.lint?.plugins ?? []).map((path) => path.replace(/^\.\//, ""));
  return [...named, ...plugins];
}
