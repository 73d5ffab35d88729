/** One `deno test` run over a set of files. */
export interface Suite {
  readonly name: string;
  readonly files: readonly string[];
  /** Test modules that run at once. */
  readonly jobs: number;
}

const SKIPPED_FOLDERS = new Set([".git", "node_modules", "_fresh", "dist", ".cache"]);

/** Every source file of the project below `root`, as paths relative to it, sorted. */
export function listSources(root: string): string[] {
  const found: string[] = [];
  const walk = (folder: string) => {
    for (const entry of Deno.readDirSync(`${root}/${folder}`)) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory && !SKIPPED_FOLDERS.has(entry.name)) walk(path);
      if (entry.isFile && /\.tsx?$/.test(entry.name) && !entry.name.endsWith(".d.ts")) {
        found.push(path);
      }
    }
  };
  walk("");
  return found.sort();
}

export function isTest(path: string): boolean {
  return /_test\.tsx?$/.test(path);
}

/**
 * Every test file in exactly one suite, quick ones first: pure parts, parts that start
 * real servers, whole servers, the browser last. Two at once, as each waits much for its servers;
 * browsers alone: two that compete paint late.
 */
export function planSuites(sources: readonly string[]): Suite[] {
  const left = new Set(sources.filter(isTest));
  const take = (name: string, jobs: number, ...prefixes: string[]): Suite => {
    const files = [...left].filter((path) => prefixes.some((prefix) => path.startsWith(prefix)));
    for (const file of files) left.delete(file);
    return { name, files, jobs };
  };
  return [
    take("core", 2, "core/", "tests/vectors/", "tests/sim/", "federation/", "voice/"),
    take("scripts", 2, "scripts/"),
    take("browser", 1, "tests/e2e/"),
    // A process of its own: what ran in it before would count as its memory.
    take("memory", 1, "tests/hostile_media_test.ts"),
    take("whole servers", 2, "tests/"),
    take("server and pages", 2, ""),
  ].filter((suite) => suite.files.length > 0).sort((a, b) => order(a) - order(b));
}

function order(suite: Suite): number {
  return ["core", "scripts", "server and pages", "memory", "whole servers", "browser"]
    .indexOf(suite.name);
}
