import assert from "node:assert/strict";
import fc from "fast-check";
import { parseJson } from "../../core/event/json_parse.ts";
import { taggedBytes } from "../../core/event/sign.ts";
import { StrictVerifier } from "../../core/event/verify.ts";
import type { KeyId } from "../../core/ids/key_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { parseKeyDocument, verifyKeyDocument } from "../../core/keys/key_document.ts";
import { decodePublicKey, keyIdOf, usable } from "../../core/keys/key_entry.ts";
import { isVouchedFor } from "../../core/keys/sign_key_entry.ts";
import { limits } from "../../core/limits.ts";
import { ManualClock, MemoryLog } from "../../tests/harness/parts.ts";
import { freshDatabase } from "../../tests/harness/postgres.ts";
import { tempFolder } from "../../tests/harness/temp_folder.ts";
import type { Sql } from "../postgres/sql.ts";
import { settleServerIdentity } from "../services/accounts/server_identity.ts";
import { LocalBus } from "../system/local_bus.ts";
import { systemRng } from "../system/rng.ts";
import { buildKeyDocument } from "./key_document.ts";
import { keyName, listKeyEntries, loadKeyEntries } from "./key_entries.ts";
import { startNewKeyEpoch } from "./key_epoch.ts";
import { KeyFolder } from "./key_folder.ts";
import { LocalSigner } from "./local_signer.ts";
import { listSigningKeys, rotateSigningKeys } from "./manage_keys.ts";

const DAY = 86_400_000;
const rng = systemRng;

interface Signed {
  readonly keyId: KeyId;
  readonly ts: number;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

async function openSigner(at: { sql: Sql; clock: ManualClock; folder: string }) {
  const log = new MemoryLog();
  await settleServerIdentity({ ...at, rng }, "example.org");
  const folder = await KeyFolder.open(at.folder, { rng });
  const serverName = "example.org" as ServerName;
  const signer = new LocalSigner({ ...at, rng, log, folder, serverName, onChange: () => {} });
  return { signer, serverName, holder: folder.holder };
}

async function signAt(signer: LocalSigner, ts: number): Promise<Signed> {
  const key = await signer.current(ts);
  const message = taggedBytes("event/og1", rng.bytes(32));
  return { keyId: key.keyId, ts, message, signature: await key.sign(message) };
}

/** Verifies as another server would: by the stored entry alone. */
async function verifies(sql: Sql, server: ServerName, signed: Signed): Promise<boolean> {
  const { keyId, ts, message, signature } = signed;
  const stored = await loadKeyEntries(sql, [{ server, keyId }]);
  const entry = stored.get(keyName(server, keyId))?.entry;
  const key = entry === undefined ? undefined : decodePublicKey(entry.key);
  if (entry === undefined || key === undefined || !usable(entry, ts)) return false;
  assert.equal(keyIdOf(entry), keyId);
  return await new StrictVerifier().verify({ key, signature, message });
}

Deno.test("60 virtual days: every event verifies with the stored entries, each key for a week", async () => {
  await using database = await freshDatabase();
  await using folder = await tempFolder();
  const clock = new ManualClock();
  const at = { sql: database.sql, clock, folder: folder.path };
  let { signer, serverName } = await openSigner(at);
  const signed: Signed[] = [];
  for (let day = 0; day < 60; day++) {
    // A restart now and then changes nothing.
    if (day % 11 === 10) signer = (await openSigner(at)).signer;
    for (const hour of [0, 9, 23]) {
      signed.push(await signAt(signer, clock.now() + hour * 3_600_000));
    }
    clock.advance(DAY);
  }
  for (const event of signed) assert.ok(await verifies(database.sql, serverName, event));
  const byKey = new Map<KeyId, number[]>();
  for (const { keyId, ts } of signed) byKey.set(keyId, [...byKey.get(keyId) ?? [], ts]);
  assert.ok(byKey.size >= 9, `${byKey.size} keys in 60 days`);
  const entries = await listKeyEntries(database.sql, serverName, 100);
  for (const [keyId, times] of byKey) {
    const entry = entries.find((held) => held.keyId === keyId)?.entry;
    assert.ok(entry !== undefined);
    assert.ok(entry.valid_until - entry.valid_from <= limits.keys.maxWindowMs);
    assert.ok(
      Math.max(...times) - entry.valid_from <= limits.keys.rotateEveryMs,
      "used for a week",
    );
  }
  // Positive control: an event of another time than its key's window does not verify.
  const [first] = signed;
  assert.ok(first !== undefined);
  assert.equal(
    await verifies(database.sql, serverName, { ...first, ts: first.ts + 15 * DAY }),
    false,
  );
  assert.equal(
    await verifies(database.sql, serverName, { ...first, message: rng.bytes(32) }),
    false,
  );
});

Deno.test("each new key is vouched for by the one before it, and made before its first use", async () => {
  await using database = await freshDatabase();
  await using folder = await tempFolder();
  const clock = new ManualClock();
  const { signer, serverName } = await openSigner({
    sql: database.sql,
    clock,
    folder: folder.path,
  });
  for (let day = 0; day < 30; day++) {
    await signer.current(clock.now());
    clock.advance(DAY);
  }
  const entries = await listKeyEntries(database.sql, serverName, 100);
  const rows = await database.sql<{ key_id: KeyId; created_ts: number }[]>`
    select key_id, created_ts from signing_keys`;
  const made = new Map(rows.map((row) => [row.key_id, row.created_ts]));
  const verifier = new StrictVerifier();
  assert.equal(entries.at(-1)?.vouchedBy, null);
  for (const { keyId, entry, vouchedBy, voucherSignature } of entries.slice(0, -1)) {
    const known = entries.find((held) => held.keyId === vouchedBy)?.entry;
    assert.ok(known !== undefined && voucherSignature !== null);
    assert.ok(await isVouchedFor(entry, { known, signature: voucherSignature, verifier }));
    assert.ok((made.get(keyId) ?? Infinity) <= entry.valid_from);
  }
});

Deno.test("private keys lie in the data folder for the server's user alone, and not in the database", async () => {
  await using database = await freshDatabase();
  await using folder = await tempFolder();
  const clock = new ManualClock();
  const { signer } = await openSigner({ sql: database.sql, clock, folder: folder.path });
  const { keyId } = await signer.current(clock.now());
  const path = `${folder.path}/keys/${keyId}.key.json`;
  assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
  assert.equal(((await Deno.stat(`${folder.path}/keys`)).mode ?? 0) & 0o777, 0o700);
  const { seed } = JSON.parse(await Deno.readTextFile(path)) as { seed: string };
  const [row] = await database.sql<{ dump: string }[]>`
    select coalesce((select json_agg(k)::text from key_entries k), '')
      || coalesce((select json_agg(s)::text from signing_keys s), '') as dump`;
  assert.ok(seed.length > 40 && row !== undefined && row.dump.includes(keyId));
  assert.ok(!row.dump.includes(seed.slice(0, 40)));
});

Deno.test("processes with their own folders sign with their own keys, both in the document", async () => {
  await using database = await freshDatabase();
  await using one = await tempFolder();
  await using two = await tempFolder();
  const clock = new ManualClock();
  const first = await openSigner({ sql: database.sql, clock, folder: one.path });
  const second = await openSigner({ sql: database.sql, clock, folder: two.path });
  const events = [
    await signAt(first.signer, clock.now()),
    await signAt(second.signer, clock.now()),
  ];
  assert.notEqual(events[0]?.keyId, events[1]?.keyId);
  for (const event of events) assert.ok(await verifies(database.sql, first.serverName, event));
  const document = await buildKeyDocument({ sql: database.sql, ...first }, clock.now());
  const listed = document.keys.map((entry) => keyIdOf(entry));
  assert.deepEqual(listed.sort(), events.map((event) => event.keyId).sort());
  const keys = await listSigningKeys({ sql: database.sql, clock, ...first }, {
    holder: first.holder,
  });
  assert.deepEqual(keys.map((key) => key.state), ["current", "current"]);
  assert.deepEqual(keys.map((key) => key.has_private_key).sort(), [false, true]);
});

Deno.test("the key document is signed, its number grows, and others can read it", async () => {
  await using database = await freshDatabase();
  await using folder = await tempFolder();
  const clock = new ManualClock();
  const { signer, serverName } = await openSigner({
    sql: database.sql,
    clock,
    folder: folder.path,
  });
  const deps = { sql: database.sql, signer, serverName };
  const read = async () => {
    const text = JSON.stringify(await buildKeyDocument(deps, clock.now()));
    const json = parseJson(new TextEncoder().encode(text));
    const document = json.ok ? parseKeyDocument(json.value) : undefined;
    assert.ok(document !== undefined);
    assert.ok(
      await verifyKeyDocument(document, { verifier: new StrictVerifier(), nowMs: clock.now() }),
    );
    return document;
  };
  const before = await read();
  clock.advance(6.5 * DAY);
  const after = await read();
  assert.equal(after.keys.length, 2, "the next key is listed before its first use");
  assert.ok(after.seq > before.seq);
  const forged = { ...after, seq: after.seq + 1 };
  assert.equal(
    await verifyKeyDocument(forged, { verifier: new StrictVerifier(), nowMs: clock.now() }),
    false,
  );
});

Deno.test("a forced rotation reaches a running signer within a minute, old signatures stay good", async () => {
  await using database = await freshDatabase();
  await using folder = await tempFolder();
  const clock = new ManualClock();
  const { sql } = database;
  const { signer, serverName } = await openSigner({ sql, clock, folder: folder.path });
  const before = await signAt(signer, clock.now());
  const { retired } = await rotateSigningKeys({ sql, clock, bus: new LocalBus() }, { actor: null });
  assert.equal(retired, 1);
  clock.advance(60_000);
  const after = await signAt(signer, clock.now());
  assert.notEqual(after.keyId, before.keyId);
  assert.ok(await verifies(sql, serverName, before));
  assert.ok(await verifies(sql, serverName, after));
  const states = (await listSigningKeys({ sql, clock, serverName })).map((key) => key.state);
  assert.deepEqual(states, ["current", "retired"]);
  await assert.rejects(Deno.stat(`${folder.path}/keys/${before.keyId}.key.json`));
});

Deno.test("a restored server never signs with a key it had, nor with one made after the backup", async () => {
  await using database = await freshDatabase();
  await using folder = await tempFolder();
  const { sql } = database;
  const clock = new ManualClock();
  const at = { sql, clock, folder: folder.path };
  const { signer, serverName } = await openSigner(at);
  const backedUp = await signAt(signer, clock.now());
  await rotateSigningKeys({ sql, clock, bus: new LocalBus() }, { actor: null });
  clock.advance(60_000);
  const later = await signAt(signer, clock.now());
  // The database goes back to the moment of the backup; the folder stays as it is.
  await sql`delete from signing_keys where key_id = ${later.keyId}`;
  await sql`delete from key_entries where key_id = ${later.keyId}`;
  await sql`update signing_keys set retired_ts = null`;
  await sql.begin((tx) => startNewKeyEpoch(tx, { rng, nowMs: clock.now() }));
  const restored = await openSigner(at);
  const fresh = await signAt(restored.signer, clock.now());
  assert.ok(fresh.keyId !== backedUp.keyId && fresh.keyId !== later.keyId);
  // What was signed in between is with others: they can still verify it.
  for (const event of [backedUp, later, fresh]) assert.ok(await verifies(sql, serverName, event));
  const files: string[] = [];
  for await (const file of Deno.readDir(`${folder.path}/keys`)) files.push(file.name);
  assert.deepEqual(files.sort(), [`${fresh.keyId}.key.json`, "holder"].sort());
});

Deno.test("a damaged key file stops the start with a sentence that names it", async () => {
  await using database = await freshDatabase();
  await using folder = await tempFolder();
  const at = { sql: database.sql, clock: new ManualClock(), folder: folder.path };
  const { signer } = await openSigner(at);
  const { keyId } = await signer.current(at.clock.now());
  const path = `${folder.path}/keys/${keyId}.key.json`;
  await Deno.writeTextFile(path, (await Deno.readTextFile(path)).slice(0, 40));
  const again = await openSigner(at);
  await assert.rejects(again.signer.current(at.clock.now()), new RegExp(`${keyId}.*damaged`));
});

Deno.test("random timelines of use, rotation, restart and restore: nothing outside a window, no key twice", async () => {
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.integer({ min: 1, max: 9 * 24 }).map((hours) =>
        ({ kind: "wait", hours }) as const
      ),
    },
    { weight: 4, arbitrary: fc.constant({ kind: "sign" } as const) },
    { weight: 1, arbitrary: fc.constant({ kind: "rotate" } as const) },
    { weight: 1, arbitrary: fc.constant({ kind: "restart" } as const) },
    { weight: 1, arbitrary: fc.constant({ kind: "restore" } as const) },
  );
  await using database = await freshDatabase();
  const { sql } = database;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 14 }), async (steps) => {
      await using folder = await tempFolder();
      await sql`truncate signing_keys, key_entries, server_identity`;
      const clock = new ManualClock();
      const at = { sql, clock, folder: folder.path };
      let { signer, serverName } = await openSigner(at);
      const signed: Signed[] = [];
      const ended = new Set<KeyId>();
      for (const act of steps) {
        if (act.kind === "wait") clock.advance(act.hours * 3_600_000);
        else if (act.kind === "sign") signed.push(await signAt(signer, clock.now()));
        else {
          if (act.kind !== "restart") { for (const { keyId } of signed) ended.add(keyId); }
          if (act.kind === "rotate") {
            await rotateSigningKeys({ sql, clock, bus: new LocalBus() }, { actor: null });
          }
          if (act.kind === "restore") {
            await sql.begin((tx) => startNewKeyEpoch(tx, { rng, nowMs: clock.now() }));
          }
          signer = (await openSigner(at)).signer;
        }
        const last = signed.at(-1);
        if (act.kind === "sign" && last !== undefined) {
          assert.ok(!ended.has(last.keyId), "an ended key signed");
        }
      }
      for (const event of signed) assert.ok(await verifies(sql, serverName, event));
    }),
    { numRuns: 100 },
  );
});
