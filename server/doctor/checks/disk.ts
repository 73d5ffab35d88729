import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { type Finding, ok, problem, warning } from "../finding.ts";

const CHECK = "disk";
const LOW_BYTES = 2 * 1024 ** 3;
const OUT_BYTES = 256 * 1024 ** 2;

/** Room left where the data folder is, or will be. */
export async function checkDisk(
  path: string,
  freeBytesOf: (path: string) => Promise<number> = freeBytes,
): Promise<Finding[]> {
  const free = await freeBytesOf(path);
  const values = { free: Math.round(free / 1024 ** 3 * 10) / 10, path };
  if (free < OUT_BYTES) return [problem(CHECK, ["disk.out", "disk"], values)];
  return [
    free < LOW_BYTES
      ? warning(CHECK, ["disk.free", "disk"], values)
      : ok(CHECK, "disk.free", values),
  ];
}

async function freeBytes(path: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch (error) {
    const parent = dirname(path);
    if ((error as { code?: unknown }).code !== "ENOENT" || parent === path) throw error;
    return await freeBytes(parent);
  }
}
