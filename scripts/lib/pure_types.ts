/**
 * Type-checks files as another platform would see them: without Deno's types. A use of
 * `Deno` or of a server's global is an error there.
 */
export async function checkWithoutDeno(
  root: string,
  files: readonly string[],
  lib: readonly string[],
): Promise<{ success: boolean; output: string }> {
  if (files.length === 0) return { success: true, output: "" };
  const folder = await Deno.makeTempDir();
  try {
    const config = JSON.parse(await Deno.readTextFile(`${root}/deno.json`)) as {
      imports: Record<string, string>;
      compilerOptions: Record<string, unknown>;
    };
    const imports = Object.fromEntries(
      Object.entries(config.imports).map(([name, target]) => [
        name,
        target.startsWith("./") ? `file://${root}/${target.slice(2)}` : target,
      ]),
    );
    await Deno.writeTextFile(
      `${folder}/deno.json`,
      JSON.stringify({
        imports,
        nodeModulesDir: "none",
        compilerOptions: { ...config.compilerOptions, lib },
      }),
    );
    const entry = `${folder}/entry.ts`;
    await Deno.writeTextFile(
      entry,
      files.map((file) => `import ${JSON.stringify(`${root}/${file}`)};`).join("\n"),
    );
    const check = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--quiet", "--no-lock", "--config", `${folder}/deno.json`, entry],
      cwd: folder,
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).output();
    const decoder = new TextDecoder();
    return {
      success: check.success,
      output: decoder.decode(check.stdout) + decoder.decode(check.stderr),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
