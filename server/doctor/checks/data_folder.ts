import { join } from "node:path";
import { type Finding, ok, problem, reasonOf, warning } from "../finding.ts";

const CHECK = "data folder";

/** The folder is there, can be written and is closed to other users. */
export async function checkDataFolder(path: string): Promise<Finding[]> {
  let info: Deno.FileInfo;
  try {
    info = await Deno.stat(path);
  } catch {
    return [warning(CHECK, `${path} is not there yet.`, "The first start makes it.")];
  }
  if (!info.isDirectory) {
    return [problem(CHECK, `${path} is a file.`, "Choose another with --data.")];
  }
  const findings: Finding[] = [];
  const probe = join(path, `.doctor-${Deno.pid}`);
  try {
    await Deno.writeTextFile(probe, "x", { mode: 0o600 });
    await Deno.remove(probe);
  } catch (error) {
    findings.push(
      problem(
        CHECK,
        `${path} cannot be written: ${reasonOf(error)}.`,
        `Give it to the user who runs the server: chown -R USER ${path}`,
      ),
    );
  }
  findings.push(...await openToOthers(path, info));
  return findings.length > 0 ? findings : [ok(CHECK, `${path} is writable and private.`)];
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
  return open.map((found) =>
    problem(
      CHECK,
      `${found} can be read by other users of this machine.`,
      `It holds secrets: chmod go-rwx ${found}`,
    )
  );
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
