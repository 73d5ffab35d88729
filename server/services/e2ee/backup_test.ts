import assert from "node:assert/strict";
import type { BackupHead } from "../../../core/api/e2ee_backup.ts";
import { base64Of } from "../../../core/e2ee/bytes.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { type TestAccounts, testAccounts } from "../../../tests/harness/accounts.ts";
import { refused } from "../../../tests/harness/refused.ts";
import { deleteBackup, getBackup, listChunks, putBackup, putChunk } from "./backup.ts";

const ALICE = "@alice:example.org" as UserId;
const ZERO = base64Of(new Uint8Array(32));
const SLOTS = [{ kind: "recovery_key", data: "AAAA" }] as const;
const MOST = 1000;

function chunkOf(text: string): string {
  return base64Of(new TextEncoder().encode(text));
}

/** An account with an empty backup of version 1. */
async function begun(accounts: TestAccounts) {
  await accounts.account("alice");
  const deps = { ...accounts.deps, backupBytes: MOST };
  const head: BackupHead = { version: 1, seq: 0, hash: ZERO };
  await putBackup(deps, ALICE, { expect: null, head, slots: SLOTS });
  const put = (at: { version?: number; seq: number; after: string }, text: string) =>
    putChunk(deps, ALICE, {
      version: at.version ?? 1,
      seq: at.seq,
      previous_hash: at.after,
      chunk: chunkOf(text),
    });
  return { deps, put };
}

Deno.test("a backup is begun once, and its chunks are a chain", async () => {
  await using accounts = await testAccounts();
  await refused(getBackup({ ...accounts.deps, backupBytes: MOST }, ALICE), "not_found");
  const { deps, put } = await begun(accounts);
  const begin = { expect: null, head: { version: 1, seq: 0, hash: ZERO }, slots: SLOTS };
  await refused(putBackup(deps, ALICE, begin), "conflict");
  const one = await put({ seq: 1, after: ZERO }, "one");
  assert.equal(
    one.hash,
    base64Of(
      new Uint8Array(
        await crypto.subtle.digest("SHA-256", new TextEncoder().encode("one")),
      ),
    ),
  );
  assert.deepEqual(await put({ seq: 1, after: ZERO }, "one"), one, "the answer was lost");
  await refused(put({ seq: 1, after: ZERO }, "another"), "conflict");
  await refused(put({ seq: 2, after: ZERO }, "two"), "conflict");
  await refused(put({ seq: 3, after: one.hash }, "three"), "conflict");
  const two = await put({ seq: 2, after: one.hash }, "two");
  const { head, bytes, max_bytes } = await getBackup(deps, ALICE);
  assert.deepEqual({ head, bytes, max_bytes }, { head: two, bytes: 6, max_bytes: MOST });
  const all = await listChunks(deps, ALICE, 0);
  assert.deepEqual(all.chunks.map(({ seq, chunk }) => [seq, chunk]), [
    [1, chunkOf("one")],
    [2, chunkOf("two")],
  ]);
  assert.equal(all.more, false);
  assert.deepEqual((await listChunks(deps, ALICE, 2)).chunks, []);
});

Deno.test("of two devices that write at once one is told to look again", async () => {
  await using accounts = await testAccounts();
  const { put } = await begun(accounts);
  const outcomes = await Promise.allSettled(
    ["phone", "laptop", "tablet"].map((text) => put({ seq: 1, after: ZERO }, text)),
  );
  assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 1);
});

Deno.test("slots change only as the caller last saw them", async () => {
  await using accounts = await testAccounts();
  const { deps, put } = await begun(accounts);
  const { head, slots_revision } = await getBackup(deps, ALICE);
  const more = [...SLOTS, { kind: "passphrase", data: "BBBB" } as const];
  const changed = await putBackup(deps, ALICE, {
    expect: { head, slots_revision },
    head,
    slots: more,
  });
  assert.deepEqual(changed.slots, more);
  assert.equal(changed.slots_revision, slots_revision + 1);
  const again = { expect: { head, slots_revision }, head, slots: SLOTS };
  await refused(putBackup(deps, ALICE, again), "conflict");
  const one = await put({ seq: 1, after: ZERO }, "one");
  const revision = changed.slots_revision;
  await refused(
    putBackup(deps, ALICE, { expect: { head, slots_revision: revision }, head, slots: SLOTS }),
    "conflict",
  );
  await putBackup(deps, ALICE, {
    expect: { head: one, slots_revision: revision },
    head: one,
    slots: SLOTS,
  });
  assert.equal((await listChunks(deps, ALICE, 0)).chunks.length, 1);
});

Deno.test("the next version is written beside the present one, and takes its place whole", async () => {
  await using accounts = await testAccounts();
  const { deps, put } = await begun(accounts);
  const old = await put({ seq: 1, after: ZERO }, "old");
  await put({ version: 2, seq: 1, after: ZERO }, "given up");
  const one = await put({ version: 2, seq: 1, after: ZERO }, "new one");
  const two = await put({ version: 2, seq: 2, after: one.hash }, "new two");
  await refused(put({ version: 3, seq: 1, after: ZERO }, "too far"), "conflict");
  // Until then everything is as it was.
  const before = await getBackup(deps, ALICE);
  assert.deepEqual(before.head, old);
  const { slots_revision } = before;
  const go = (head: BackupHead) =>
    putBackup(deps, ALICE, { expect: { head: old, slots_revision }, head, slots: SLOTS });
  await refused(go(one), "conflict"); // not its end
  const after = await go(two);
  assert.deepEqual(after.head, two);
  assert.equal(after.bytes, "new one".length + "new two".length);
  assert.deepEqual((await listChunks(deps, ALICE, 0)).chunks.map(({ chunk }) => chunk), [
    chunkOf("new one"),
    chunkOf("new two"),
  ]);
  await refused(put({ seq: 2, after: old.hash }, "of the old version"), "conflict");
});

Deno.test("a backup has a largest size, pages, and an end", async () => {
  await using accounts = await testAccounts();
  const { deps, put } = await begun(accounts);
  const one = await put({ seq: 1, after: ZERO }, "x".repeat(MOST - 1));
  await refused(put({ seq: 2, after: one.hash }, "xx"), "limit_reached");
  await put({ seq: 2, after: one.hash }, "x");
  // What is prepared beside it may be as large once more.
  await put({ version: 2, seq: 1, after: ZERO }, "x".repeat(MOST));
  await deleteBackup(deps, ALICE);
  await refused(deleteBackup(deps, ALICE), "not_found");
  const [left] = await deps.sql<{ count: number }[]>`select count(*) as count from backup_chunks`;
  assert.equal(left?.count, 0);
});

Deno.test("chunks come in pages of bounded bytes", async () => {
  await using accounts = await testAccounts();
  const { deps } = await begun(accounts);
  const large = { ...deps, backupBytes: 10 * 1024 * 1024 };
  let after = ZERO;
  const text = "y".repeat(250 * 1024);
  for (let seq = 1; seq <= 10; seq++) {
    const head = await putChunk(large, ALICE, {
      version: 1,
      seq,
      previous_hash: after,
      chunk: chunkOf(`${seq}${text}`),
    });
    after = head.hash;
  }
  const first = await listChunks(large, ALICE, 0);
  assert.equal(first.chunks.length, 8);
  assert.equal(first.more, true);
  const rest = await listChunks(large, ALICE, 8);
  assert.deepEqual(rest.chunks.map(({ seq }) => seq), [9, 10]);
  assert.equal(rest.more, false);
});
