import { isAbsolute, resolve } from "node:path";
import type { CliIo } from "./io.ts";

/** A path as typed, seen from where it was typed. */
export function absolutePath(path: string, io: Pick<CliIo, "workingFolder">): string {
  return isAbsolute(path) ? path : resolve(io.workingFolder, path);
}
