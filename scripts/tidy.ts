/**
 * Guards the tree: leftovers, files that nothing reaches, tasks that name no file, and the
 * one place of Deno's version. Rules that need the syntax tree are in lint_plugin.ts.
 */
import { filesOfTasks, findDeadFiles } from "./lib/dead_files.ts";
import { readImports } from "./lib/graph.ts";
import { findLeftovers } from "./lib/leftovers.ts";
import { listSources } from "./lib/suites.ts";

/** Every breach of the house rules in a tree, as sentences. Empty is good. */
export async function findUntidy(root: string): Promise<string[]> {
  const config = JSON.parse(await Deno.readTextFile(`${root}/deno.json`));
  const sources = new Map<string, string>();
  for (const path of listSources(root)) {
    sources.set(path, await Deno.readTextFile(`${root}/${path}`));
  }
  const texts = await listTracked(root);
  const named = filesOfTasks(config);
  const edges = await readImports(root, [...sources.keys()]);
  return [
    ...texts.flatMap(([path, text]) => findLeftovers(path, text)),
    ...findDeadFiles(sources, edges, named).map((path) => `${path}: nothing reaches this file`),
    ...named.filter((path) => !sources.has(path)).map((path) =>
      `deno.json names ${path}, which is not there`
    ),
  ];
}

async function listTracked(root: string): Promise<[string, string][]> {
  const git = await new Deno.Command("git", {
    args: ["ls-files", "-z"],
    cwd: root,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).output();
  const paths = new TextDecoder().decode(git.stdout).split("\0")
    .filter((path) =>
      /\.(?:tsx?|md|json|ya?ml|sql|css|html|service|conf)$|^(?:Dockerfile|\.ci\/run)$/.test(path)
    );
  return await Promise.all(paths.map(async (path): Promise<[string, string]> => {
    try {
      return [path, await Deno.readTextFile(`${root}/${path}`)];
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [path, ""];
      throw error;
    }
  }));
}

if (import.meta.main) {
  const root = new URL("..", import.meta.url).pathname.replace(/\/$/, "");
  const found = await findUntidy(root);
  for (const line of found) console.error(line);
  if (found.length > 0) Deno.exit(1);
}
