import { join } from "node:path";

interface NpmPackage {
  readonly name: string;
  readonly version: string;
  readonly dependencies: readonly string[];
  readonly localPath: string;
}

interface GraphInfo {
  readonly modules: readonly {
    readonly dependencies?: readonly { readonly code?: { readonly specifier?: string } }[];
  }[];
  readonly npmPackages: Readonly<Record<string, NpmPackage>>;
}

/** Names, versions and license texts of every package that these modules carry along. */
export async function collectNotices(root: string, modules: readonly string[]): Promise<string> {
  const packages = new Map<string, NpmPackage>();
  for (const module of modules) {
    for (const [id, found] of reached(await readGraph(root, module))) packages.set(id, found);
  }
  const sorted = [...packages.entries()].sort(([a], [b]) => a < b ? -1 : 1);
  const parts = await Promise.all(sorted.map(async ([id, found]) => {
    const text = await licenseText(found.localPath);
    return `${id}\n${"-".repeat(id.length)}\n\n${text.trim()}\n`;
  }));
  return `OpenGuild carries these packages, each under its own license.\n\n${parts.join("\n\n")}`;
}

async function readGraph(root: string, module: string): Promise<GraphInfo> {
  const output = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", module],
    cwd: root,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (!output.success) throw new Error(new TextDecoder().decode(output.stderr));
  return JSON.parse(new TextDecoder().decode(output.stdout)) as GraphInfo;
}

function reached(graph: GraphInfo): Map<string, NpmPackage> {
  const found = new Map<string, NpmPackage>();
  const waiting = graph.modules.flatMap((module) => module.dependencies ?? [])
    .flatMap(({ code }) => /^npm:\/?((?:@[^/]+\/)?[^/]+)/.exec(code?.specifier ?? "")?.[1] ?? []);
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const next = graph.npmPackages[id];
    if (next === undefined || found.has(id)) continue;
    found.set(id, next);
    waiting.push(...next.dependencies);
  }
  return found;
}

async function licenseText(folder: string): Promise<string> {
  const texts: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    if (entry.isFile && /^(licen[sc]e|copying|notice)/i.test(entry.name)) {
      texts.push(await Deno.readTextFile(join(folder, entry.name)));
    }
  }
  if (texts.length > 0) return texts.join("\n\n");
  const manifest = JSON.parse(await Deno.readTextFile(join(folder, "package.json"))) as {
    license?: unknown;
  };
  return `License: ${typeof manifest.license === "string" ? manifest.license : "see the package"}`;
}
