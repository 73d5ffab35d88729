import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { pack } from "tar-stream";

/** Same bytes for the same content, whenever it is made. */
const MTIME = new Date(0);
const LENGTH_DIGITS = 6;

/**
 * Writes one file that is a shell script with an archive behind it: it unpacks itself once into
 * a cache folder named by the archive's hash and becomes the program. For machines where Deno's
 * own stub cannot be had.
 */
export async function writeSelfExtracting(folder: string, output: string): Promise<void> {
  const archive = `${output}.tar.gz`;
  await writeArchive(folder, archive);
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(archive)) hash.update(chunk);
  const head = launcher(hash.digest("hex").slice(0, 32));
  const partial = `${output}.part`;
  await Deno.writeTextFile(partial, head);
  await pipeline(createReadStream(archive), createWriteStream(partial, { flags: "a" }));
  await Deno.chmod(partial, 0o755);
  await Deno.remove(archive);
  await Deno.rename(partial, output);
}

async function writeArchive(folder: string, path: string): Promise<void> {
  const tar = pack();
  const writing = pipeline(tar, createGzip({ level: 9 }), createWriteStream(path));
  for (const name of await listFiles(folder)) {
    const { size, mode } = await Deno.stat(join(folder, name));
    const executable = ((mode ?? 0) & 0o100) !== 0;
    const entry = tar.entry({ name, size, mtime: MTIME, mode: executable ? 0o755 : 0o644 });
    await pipeline(Readable.from(createReadStream(join(folder, name))), entry);
  }
  tar.finalize();
  await writing;
}

async function listFiles(folder: string, below = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(join(folder, below))) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory) found.push(...await listFiles(folder, path));
    else found.push(path);
  }
  return found.sort();
}

/**
 * The script before the archive. It needs what every system has: sh, mkdir, tail, tar, gzip, mv.
 * A folder of somebody else is never trusted: what lies there would be run.
 */
export function launcher(hash: string): string {
  const text = (length: string) =>
    `#!/bin/sh
# OpenGuild: this script unpacks the program behind it, once, and runs it.
set -eu
PATH="\${PATH:-}:/usr/local/bin:/usr/bin:/bin"
self=$0
for base in "\${OPENGUILD_CACHE:-}" "\${XDG_CACHE_HOME:-}" "\${HOME:+$HOME/.cache}" "/var/tmp/openguild-$(id -u)"; do
  [ -n "$base" ] || continue
  cache=$base/openguild
  (umask 077 && mkdir -p "$cache") 2>/dev/null && [ -O "$cache" ] && [ -w "$cache" ] && break
  cache=
done
if [ -z "\${cache:-}" ]; then
  echo "openguild: there is no folder to unpack into: set OPENGUILD_CACHE to one that you own." >&2
  exit 1
fi
app=$cache/${hash}
if [ ! -d "$app" ]; then
  part=$cache/.unpacking.$$
  trap 'rm -rf "$part"' EXIT
  trap 'exit 130' HUP INT TERM
  rm -rf "$part"
  mkdir -m 700 "$part"
  if ! tail -c +${length} "$self" | gzip -dc | tar -xf - -C "$part"; then
    echo "openguild: it could not be unpacked into $cache: is the file whole, and the disk not full?" >&2
    exit 1
  fi
  # Whoever comes first wins: an unpacked program never changes.
  mv "$part" "$app" 2>/dev/null || [ -d "$app" ]
  rm -rf "$part" "$app/.unpacking.$$"
  trap - EXIT HUP INT TERM
fi
export DENO_DIR="$app/deno_dir" DENO_NO_UPDATE_CHECK=1 DENO_NO_PROMPT=1
exec "$app/deno" run --quiet --allow-all --cached-only --no-lock --config "$app/deno.json" "$app/main.js" "$@"
`;
  const length = text("0".repeat(LENGTH_DIGITS)).length + 1;
  return text(String(length).padStart(LENGTH_DIGITS, "0"));
}
