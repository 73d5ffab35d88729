import assert from "node:assert/strict";
import type { UserId } from "../../../core/ids/user_id.ts";
import { testAccounts } from "../../../tests/harness/accounts.ts";
import { refused } from "../../../tests/harness/refused.ts";
import { tempFolder } from "../../../tests/harness/temp_folder.ts";
import { waitFor } from "../../../tests/harness/wait_for.ts";
import { FolderBlobStore } from "../../files/blob_store.ts";
import { deactivateUser } from "../accounts/deactivate_user.ts";
import { ExportJobs } from "./export_jobs.ts";
import { beginExport, findExport, getOwnExport } from "./own_export.ts";

const ALICE = "@alice:example.org" as UserId;
const DAY_MS = 86_400_000;

Deno.test("an export survives the end of its process, is one at a time, and goes after a week", async () => {
  await using accounts = await testAccounts();
  await using folder = await tempFolder();
  const blobs = await FolderBlobStore.open(`${folder.path}/blobs`);
  await Deno.mkdir(`${folder.path}/spool`);
  await accounts.account("alice");
  const running: { jobs?: ExportJobs } = {};
  const deps = { ...accounts.deps, blobs, wakeExports: () => running.jobs?.wake() };
  const open = () =>
    new ExportJobs({ ...deps, spoolFolder: `${folder.path}/spool`, wakeMail: () => undefined });
  const kept = async () => {
    const keys = [];
    for await (const { key } of blobs.list("exports/")) keys.push(key);
    return keys;
  };
  await beginExport(deps, ALICE);
  await refused(beginExport(deps, ALICE), "conflict");
  // A process that claimed it and is no more.
  await deps.sql`
    update data_exports set claimed_until = ${deps.clock.now() + 60_000}, tries = 1`;
  await using jobs = open();
  running.jobs = jobs;
  deps.clock.advance(60_000);
  jobs.wake();
  const isReady = async () => (await getOwnExport(deps, ALICE))?.state === "ready";
  await waitFor("the export", isReady);
  assert.equal((await kept()).length, 1);
  assert.equal((await findExport(deps, ALICE)).blob_key, (await kept())[0]);
  await waitFor(
    "nothing left on its way",
    () => [...Deno.readDirSync(`${folder.path}/spool`)].length === 0,
  );

  const first = (await kept())[0];
  await beginExport(deps, ALICE);
  await waitFor("another one in its place", isReady);
  assert.equal((await kept()).length, 1);
  assert.notEqual((await kept())[0], first);

  deps.clock.advance(7 * DAY_MS);
  await refused(findExport(deps, ALICE), "not_found");
  jobs.wake();
  await waitFor("its end", async () => (await kept()).length === 0);
  await waitFor(
    "its row's end",
    async () => (await deps.sql`select 1 from data_exports`).length === 0,
  );

  await beginExport(deps, ALICE);
  await waitFor("the third", isReady);
  await deactivateUser(deps, { actor: ALICE, userId: ALICE, reason: null });
  jobs.wake();
  await waitFor("nothing of an ended account", async () => (await kept()).length === 0);
});

Deno.test("one that cannot be made is given up after three tries, and says so", async () => {
  await using accounts = await testAccounts();
  await using folder = await tempFolder();
  const blobs = await FolderBlobStore.open(`${folder.path}/blobs`);
  await accounts.account("alice");
  const deps = { ...accounts.deps, blobs, wakeExports: () => undefined };
  await beginExport(deps, ALICE);
  await using _jobs = new ExportJobs({
    ...deps,
    spoolFolder: `${folder.path}/nowhere`,
    wakeMail: () => undefined,
  });
  await waitFor(
    "it to be given up",
    async () => (await getOwnExport(deps, ALICE))?.state === "failed",
  );
  const [row] = await deps.sql<{ tries: number }[]>`select tries from data_exports`;
  assert.equal(row?.tries, 3);
  await beginExport(deps, ALICE);
  assert.equal((await getOwnExport(deps, ALICE))?.state, "waiting");
});
