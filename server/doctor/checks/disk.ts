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
  const text = `${(free / 1024 ** 3).toFixed(1)} GiB are free where ${path} is`;
  const advice = "Make room, or move the data folder to a larger disk (--data).";
  if (free < OUT_BYTES) {
    return [problem(CHECK, `${text}: the database is about to stop.`, advice)];
  }
  return free < LOW_BYTES ? [warning(CHECK, `${text}.`, advice)] : [ok(CHECK, `${text}.`)];
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
