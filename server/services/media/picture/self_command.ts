/** A command line with the whole environment it gets. */
export interface SelfCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What a Deno program needs to find its caches; secrets of the server are not among them. */
const PASSED_ON = [
  "PATH",
  "HOME",
  "DENO_DIR",
  "XDG_CACHE_HOME",
  "TMPDIR",
  "TEMP",
  "TMP",
  "SystemRoot",
  "LOCALAPPDATA",
  "USERPROFILE",
];

/**
 * How this program starts itself with other arguments: a compiled executable is its own command;
 * from source it is Deno with the main module, without network and other programs, and able to
 * write only below `writable`.
 */
export function selfCommand(
  args: readonly string[],
  options: {
    readonly writable: string;
    readonly mainModule?: string;
    readonly environment: Readonly<Record<string, string>>;
  },
): SelfCommand {
  const env = Object.fromEntries(
    PASSED_ON.flatMap((name) => {
      const value = options.environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const command = Deno.execPath();
  if (Deno.build.standalone) return { command, args, env };
  const sandbox = [
    "run",
    "--quiet",
    "--no-prompt",
    // The packages that the server runs with: looking after them takes longer than a picture.
    "--node-modules-dir=manual",
    "--allow-read",
    "--allow-env",
    "--allow-sys=cpus",
    `--allow-write=${options.writable}`,
  ];
  return { command, args: [...sandbox, options.mainModule ?? Deno.mainModule, ...args], env };
}
