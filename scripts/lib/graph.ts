/** An import of one project file by another, or of a package by a file. */
export interface ImportEdge {
  readonly from: string;
  /** A path relative to the root, or `npm:name` or `node:name`. */
  readonly to: string;
  readonly typeOnly: boolean;
  /** Whether it is loaded only when the file comes to it: `import()`. */
  readonly dynamic: boolean;
  readonly line: number;
}

interface InfoResolution {
  readonly specifier?: string;
  readonly error?: string;
  readonly span?: { readonly start: { readonly line: number } };
}

interface InfoModule {
  readonly specifier: string;
  readonly dependencies?: readonly {
    readonly specifier: string;
    readonly isDynamic?: boolean;
    readonly code?: InfoResolution;
    readonly type?: InfoResolution;
  }[];
}

/**
 * Every import statement of the given files, read by Deno's own parser in one run: static,
 * dynamic and type-only ones. Packages keep their name without version and sub-path.
 */
export async function readImports(
  root: string,
  files: readonly string[],
  configPath = `${root}/deno.json`,
): Promise<ImportEdge[]> {
  const entry = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    const lines = files.map((file) => `import ${JSON.stringify(`${root}/${file}`)};`);
    await Deno.writeTextFile(entry, lines.join("\n"));
    const info = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", "--config", configPath, entry],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).output();
    if (!info.success) {
      throw new Error(`deno info failed: ${new TextDecoder().decode(info.stderr)}`);
    }
    const graph = JSON.parse(new TextDecoder().decode(info.stdout)) as {
      modules: readonly InfoModule[];
    };
    const wanted = new Set(files);
    return graph.modules.flatMap((module) => edgesOf(module, root, wanted));
  } finally {
    await Deno.remove(entry);
  }
}

function edgesOf(module: InfoModule, root: string, wanted: ReadonlySet<string>): ImportEdge[] {
  const from = nameOf(module.specifier, root);
  if (!wanted.has(from)) return [];
  return (module.dependencies ?? []).map((dependency) => {
    const resolution = dependency.code ?? dependency.type;
    return {
      from,
      to: nameOf(resolution?.specifier ?? dependency.specifier, root),
      typeOnly: dependency.code === undefined,
      dynamic: dependency.isDynamic === true,
      line: (resolution?.span?.start.line ?? 0) + 1,
    };
  });
}

function nameOf(specifier: string, root: string): string {
  const prefix = `file://${root}/`;
  if (specifier.startsWith(prefix)) return decodeURI(specifier.slice(prefix.length));
  const npm = /^npm:\/?((?:@[^/@]+\/)?[^/@]+)/.exec(specifier);
  return npm ? `npm:${npm[1]}` : specifier;
}

/** All that a file reaches through imports that run, itself included. */
export function reachable(edges: readonly ImportEdge[], starts: readonly string[]): Set<string> {
  const next = new Map<string, string[]>();
  for (const edge of edges) {
    if (!edge.typeOnly) next.set(edge.from, [...(next.get(edge.from) ?? []), edge.to]);
  }
  const seen = new Set<string>();
  const waiting = [...starts];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    waiting.push(...(next.get(file) ?? []));
  }
  return seen;
}

/** Cycles among project files, each once, as the path that comes back to its start. */
export function findCycles(edges: readonly ImportEdge[]): string[][] {
  const next = new Map<string, string[]>();
  for (const edge of edges) {
    if (/^(npm|node|https?|jsr):/.test(edge.to)) continue;
    next.set(edge.from, [...(next.get(edge.from) ?? []), edge.to]);
  }
  const done = new Set<string>();
  const cycles: string[][] = [];
  const visit = (file: string, path: readonly string[]) => {
    const at = path.indexOf(file);
    if (at >= 0) {
      cycles.push([...path.slice(at), file]);
      return;
    }
    if (done.has(file)) return;
    for (const target of next.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of next.keys()) visit(file, []);
  return cycles;
}
