/** The test cluster of a run that was killed is in no later run's way. */
import assert from "node:assert/strict";
import { removeStale } from "./postgres.ts";
import { tempFolder } from "./temp_folder.ts";
import { waitFor } from "./wait_for.ts";

const HARNESS = new URL("./postgres.ts", import.meta.url).href;

/** A process that has a shared cluster in a folder, until it is killed. */
async function startRun(folder: string): Promise<{ child: Deno.ChildProcess; folder: string }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      `import { sharedCluster } from ${JSON.stringify(HARNESS)};
      console.log((await sharedCluster()).folder);
      setInterval(() => undefined, 1000);`,
    ],
    env: { TMPDIR: folder },
    stdin: "null",
    stdout: "piped",
  }).spawn();
  let said = "";
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    said += part;
    if (said.endsWith("\n")) break;
  }
  return { child, folder: said.trim() };
}

function exists(path: string): Promise<boolean> {
  return Deno.stat(path).then(() => true, () => false);
}

Deno.test("a killed run's cluster ends, and folders of runs that are gone are removed", async () => {
  await using root = await tempFolder();
  await Deno.chmod(root.path, 0o777);
  // As if this process's id had been another's before, and of one that is no more.
  const stale = [`openguild-postgres-${Deno.pid}-1`, "openguild-postgres-4194304-7"];
  for (const name of stale) await Deno.mkdir(`${root.path}/${name}/data`, { recursive: true });
  await Deno.writeTextFile(`${root.path}/${stale[1]}/data/postmaster.pid`, "4194304\n");
  const foreign = `${root.path}/openguild-postgres-backup`;
  await Deno.mkdir(foreign);
  const run = await startRun(root.path);
  for (const name of stale) assert.equal(await exists(`${root.path}/${name}`), false, name);
  assert.ok(await exists(foreign));
  await removeStale(root.path);
  assert.ok(await exists(`${run.folder}/ready`), "a living run keeps its own");
  run.child.kill("SIGKILL");
  await run.child.status;
  await waitFor("its supervisor to remove the folder", async () => !await exists(run.folder));
});
