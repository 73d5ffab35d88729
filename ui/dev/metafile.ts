/** What esbuild tells of a bundle: the part of it that is read here. */
export interface Metafile {
  readonly outputs: Record<string, {
    entryPoint?: string | undefined;
    readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>;
    readonly imports: readonly { path: string; readonly kind?: string }[];
  }>;
}

/** Everything an output loads before it can run; what it loads later is left out. */
export function staticImports(metafile: Metafile, output: string): string[] {
  const seen = new Set<string>();
  const visit = (path: string) => {
    for (const { path: next, kind } of metafile.outputs[path]?.imports ?? []) {
      if (kind !== "import-statement" || seen.has(next)) continue;
      seen.add(next);
      visit(next);
    }
  };
  visit(output);
  return [...seen];
}

/** The output that begins with a source of `ui/`, or "". */
export function outputOf(metafile: Metafile, file: string): string {
  return Object.keys(metafile.outputs).find((key) =>
    metafile.outputs[key]?.entryPoint === `ui/${file}`
  ) ?? "";
}

/** The output whose `boot` takes over an island: that which it loads itself, if it has one. */
export function bootOf(metafile: Metafile, output: string): string {
  const loaded = [output, ...staticImports(metafile, output)];
  return loaded.find((path) => "ui/client.ts" in (metafile.outputs[path]?.inputs ?? {})) ??
    outputOf(metafile, "client.ts");
}
