import { join } from "node:path";
import { type Finding, ok, problem, reasonOf, warning } from "../finding.ts";

const CHECK = "data folder";

/** The folder is there, can be written and is closed to other users. */
export async function checkDataFolder(path: string): Promise<Finding[]> {
  let info: Deno.FileInfo;
  try {
    info = await Deno.stat(path);
  } catch {
    return [warning(CHECK, ["folder.absent", "folder.first"], { path })];
  }
  if (!info.isDirectory) {
    return [problem(CHECK, ["folder.file", "folder.other"], { path })];
  }
  const findings: Finding[] = [];
  const probe = join(path, `.doctor-${Deno.pid}`);
  try {
    await Deno.writeTextFile(probe, "x", { mode: 0o600 });
    await Deno.remove(probe);
  } catch (error) {
    findings.push(
      problem(CHECK, ["folder.unwritable", "folder.own"], { path, reason: reasonOf(error) }),
    );
  }
  findings.push(...await openToOthers(path, info));
  return findings.length > 0 ? findings : [ok(CHECK, "folder.good", { path })];
}

async function openToOthers(path: string, info: Deno.FileInfo): Promise<Finding[]> {
  if (Deno.build.os === "windows") return [];
  const open = ((info.mode ?? 0) & 0o077) !== 0 ? [path] : [];
  for (const name of ["keys", "acme"]) {
    for await (const file of filesBelow(join(path, name))) {
      const { mode } = await Deno.stat(file);
      if (((mode ?? 0) & 0o077) !== 0) open.push(file);
    }
  }
  return open.map((found) => problem(CHECK, ["folder.open", "folder.close"], { path: found }));
}

async function* filesBelow(folder: string): AsyncGenerator<string> {
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (entry.isFile) yield join(folder, entry.name);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
