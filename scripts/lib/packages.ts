/** A Debian package that tests need, known by a file that it provides. */
export interface NeededPackage {
  readonly name: string;
  /** Any of these makes the package present: a program on PATH, or an absolute path with `*` segments. */
  readonly provides: readonly string[];
  readonly usedFor: string;
}

export const NEEDED_PACKAGES: readonly NeededPackage[] = [
  {
    name: "postgresql",
    provides: ["/usr/lib/postgresql/*/bin/postgres", "postgres"],
    usedFor: "a private Postgres cluster",
  },
  { name: "chromium", provides: ["chromium"], usedFor: "tests in a real browser" },
  { name: "firefox-esr", provides: ["firefox-esr"], usedFor: "tests in a second browser" },
  {
    name: "webkit2gtk-driver",
    provides: ["WebKitWebDriver"],
    usedFor: "tests in the engine of Safari",
  },
  { name: "xvfb", provides: ["Xvfb"], usedFor: "a screen for that engine" },
  {
    name: "pulseaudio",
    provides: ["pulseaudio"],
    usedFor: "loudspeakers, without which Firefox plays nothing",
  },
  {
    name: "fonts-noto-color-emoji",
    provides: ["/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"],
    usedFor: "emoji in screenshots",
  },
  { name: "nats-server", provides: ["nats-server"], usedFor: "a real NATS server" },
  { name: "openssl", provides: ["openssl"], usedFor: "certificates for tests" },
  {
    name: "libssl3",
    provides: ["/usr/lib/*/libcrypto.so.3", "/usr/lib/libcrypto.so.3", "/usr/lib64/libcrypto.so.3"],
    usedFor: "the fast path of voice",
  },
  { name: "pebble", provides: ["pebble"], usedFor: "a real ACME server" },
  { name: "swift", provides: ["swift-ring-builder"], usedFor: "a real S3 server" },
  { name: "swift-proxy", provides: ["swift-proxy-server"], usedFor: "a real S3 server" },
  { name: "swift-account", provides: ["swift-account-server"], usedFor: "a real S3 server" },
  { name: "swift-container", provides: ["swift-container-server"], usedFor: "a real S3 server" },
  { name: "swift-object", provides: ["swift-object-server"], usedFor: "a real S3 server" },
  { name: "memcached", provides: ["memcached"], usedFor: "a real S3 server" },
];

/** The needed packages of which nothing is found on this machine. */
export function findMissing(
  packages: readonly NeededPackage[],
  searchPath: readonly string[],
): NeededPackage[] {
  return packages.filter((needed) =>
    !needed.provides.some((provided) =>
      provided.startsWith("/")
        ? pathExists(provided)
        : searchPath.some((folder) => isFile(`${folder}/${provided}`))
    )
  );
}

/** PATH, and where Debian keeps servers that only root's PATH has. */
export function programSearchPath(): string[] {
  const path = (Deno.env.get("PATH") ?? "").split(":").filter((folder) => folder !== "");
  return [...new Set([...path, "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"])];
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function pathExists(pattern: string): boolean {
  let found = ["/"];
  for (const segment of pattern.split("/").filter((part) => part !== "")) {
    found = found.flatMap((folder) =>
      segment === "*" ? subfolders(folder) : [`${folder}${segment}/`]
    )
      .filter((path) => {
        try {
          Deno.statSync(path.slice(0, -1));
          return true;
        } catch {
          return false;
        }
      });
  }
  return found.length > 0;
}

function subfolders(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map((entry) => `${folder}${entry.name}/`);
  } catch {
    return [];
  }
}

/** `apt-get` as this user may call it, or undefined where it may not install. */
export async function aptGet(): Promise<string[] | undefined> {
  if (!programSearchPath().some((folder) => isFile(`${folder}/apt-get`))) return undefined;
  if (Deno.uid() === 0) return ["apt-get"];
  try {
    const sudo = await new Deno.Command("sudo", {
      args: ["-n", "true"],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    return sudo.success ? ["sudo", "-n", "apt-get"] : undefined;
  } catch {
    return undefined;
  }
}

/** Installs by name; false when apt-get says no. Its output goes to the console. */
export async function installPackages(names: readonly string[], apt: string[]): Promise<boolean> {
  const run = async (...args: string[]) => {
    const [program = "", ...front] = apt;
    const status = await new Deno.Command(program, {
      args: [...front, ...args],
      env: { DEBIAN_FRONTEND: "noninteractive" },
      stdin: "null",
      stdout: "inherit",
      stderr: "inherit",
    }).spawn().status;
    return status.success;
  };
  return await run("update", "-q") &&
    await run("install", "-y", "-q", "--no-install-recommends", ...names);
}
