import { join } from "node:path";

/** A kind of machine: its name in `deno compile` and the npm package with Deno's binary. */
export interface Target {
  readonly triple: string;
  readonly denoPackage: string;
  readonly program: string;
}

export const TARGETS: readonly Target[] = [
  { triple: "x86_64-unknown-linux-gnu", denoPackage: "@deno/linux-x64-glibc", program: "deno" },
  { triple: "aarch64-unknown-linux-gnu", denoPackage: "@deno/linux-arm64-glibc", program: "deno" },
  { triple: "x86_64-apple-darwin", denoPackage: "@deno/darwin-x64", program: "deno" },
  { triple: "aarch64-apple-darwin", denoPackage: "@deno/darwin-arm64", program: "deno" },
  { triple: "x86_64-pc-windows-msvc", denoPackage: "@deno/win32-x64", program: "deno.exe" },
];

export function isWindows(target: Target): boolean {
  return target.triple.includes("windows");
}

/** Puts Deno's binary for a target into a file: this one's own, or npm's. */
export async function provideDeno(
  target: Target,
  options: { readonly version: string; readonly to: string },
): Promise<void> {
  if (target.triple === Deno.build.target && Deno.version.deno === options.version) {
    await Deno.copyFile(Deno.execPath(), options.to);
  } else {
    const folder = await Deno.makeTempDir();
    await command("npm", ["pack", "--silent", `${target.denoPackage}@${options.version}`], folder);
    for await (const entry of Deno.readDir(folder)) {
      if (entry.name.endsWith(".tgz")) await command("tar", ["-xzf", entry.name], folder);
    }
    await Deno.copyFile(join(folder, "package", target.program), options.to);
    await Deno.remove(folder, { recursive: true });
  }
  await Deno.chmod(options.to, 0o755);
}

async function command(program: string, args: string[], cwd: string): Promise<void> {
  const output = await new Deno.Command(program, {
    args,
    cwd,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!output.success) {
    throw new Error(`${program} ${args[0]} failed: ${new TextDecoder().decode(output.stderr)}`);
  }
}
