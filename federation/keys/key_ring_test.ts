import assert from "node:assert/strict";
import type { KeyName } from "../../core/event/verify_event.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { encodePublicKey, isRetired, usable } from "../../core/keys/key_entry.ts";
import { keyPairOf, serverName, TEST_TS } from "../../tests/harness/events.ts";
import {
  encodeDocument,
  KeyWorldServer,
  makeKey,
  type WorldKey,
} from "../../tests/harness/key_world.ts";
import type { Sql } from "../../server/postgres/sql.ts";
import { away, type KeyReader, openKeyReader } from "../../tests/harness/key_reader.ts";
import { freshDatabase } from "../../tests/harness/postgres.ts";
import { seededRng } from "../../tests/harness/seeded_rng.ts";
import { keyNameText } from "../ports.ts";
import type { StoredKeyRing } from "./key_ring.ts";
import { keyWeakness } from "./weak_keys.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Whether what a key signs now counts now: for a request, and for a new event. */
async function accepts(
  { ring, clock }: KeyReader,
  name: KeyName,
  hints: Parameters<StoredKeyRing["obtain"]>[1] = {},
): Promise<boolean> {
  const entry = (await ring.obtain([name], hints)).get(keyNameText(name));
  if (entry === undefined || !usable(entry, clock.now())) return false;
  return await ring.refusal(name, clock.now()) === undefined;
}

/** Waits for the fetch that a use of a server's keys began. */
async function settle(reader: KeyReader, server: ServerName): Promise<void> {
  const unknown = await makeKey(server, { from: TEST_TS, until: TEST_TS + DAY }, {
    seed: new Uint8Array(32).fill(9),
  });
  await reader.ring.obtain([unknown.name]);
}

Deno.test("fetched once for many who ask, listed, and served with its voucher once that is seen", async () => {
  await using database = await freshDatabase();
  const reader = openKeyReader(database.sql);
  const one = new KeyWorldServer(serverName("one.test"), seededRng(1));
  const first = await one.tick(TEST_TS);
  reader.answer = () => one.document(TEST_TS);
  const found = await Promise.all(
    Array.from({ length: 50 }, () => reader.ring.obtain([first.name])),
  );
  assert.ok(found.every((held) => held.size === 1));
  assert.equal(reader.fetches, 1);

  const nextMs = TEST_TS + 7 * DAY;
  reader.clock.advance(7 * DAY);
  const second = await one.tick(nextMs);
  assert.notEqual(second, first);
  reader.answer = () => one.document(nextMs);
  await reader.ring.obtain([second.name]);
  assert.deepEqual((await reader.ring.proofs([second.name]))[0]?.vouched_by, null);
  await reader.ring.obtain([second.name], { proofs: one.proofs() });
  assert.deepEqual(await reader.ring.proofs([second.name]), [second.proof, first.proof]);
  assert.equal(reader.fetches, 2);
});

Deno.test("who was away for weeks verifies by what another passes on, while the server is away", async () => {
  await using database = await freshDatabase();
  await using elsewhere = await freshDatabase();
  const near = openKeyReader(database.sql);
  const late = openKeyReader(elsewhere.sql);
  const one = new KeyWorldServer(serverName("one.test"), seededRng(11));
  const first = await one.tick(TEST_TS);
  for (const reader of [near, late]) {
    reader.answer = () => one.document(reader.clock.now());
    assert.ok(await accepts(reader, first.name));
  }
  late.answer = () => Promise.reject(away());
  let current = first;
  for (let week = 0; week < 5; week++) {
    near.clock.advance(7 * DAY);
    late.clock.advance(7 * DAY);
    current = await one.tick(near.clock.now());
    await near.ring.obtain([current.name]);
    await near.ring.obtain([current.name], { proofs: one.proofs() });
  }
  const proofs = await near.ring.proofs([current.name]);
  assert.deepEqual(proofs, one.proofs().reverse());
  const entry = (await late.ring.obtain([current.name], { proofs })).get(keyNameText(current.name));
  assert.deepEqual(entry, current.entry, "old and new events of it can be read");
  // For what is new it has to be asked itself: the key that is held is retired.
  assert.match(await late.ring.refusal(current.name, late.clock.now()) ?? "", /retired/);
  late.clock.advance(HOUR);
  late.answer = () => one.document(late.clock.now());
  assert.ok(await accepts(late, current.name));
});

Deno.test("a server that is away: asked again after a minute, then ever later; not asked meanwhile", async () => {
  await using database = await freshDatabase();
  const reader = openKeyReader(database.sql);
  const one = new KeyWorldServer(serverName("one.test"), seededRng(2));
  const { name } = await one.tick(TEST_TS);
  const gaps: number[] = [];
  for (let minute = 0, last = 0; gaps.length < 8; minute++) {
    const before = reader.fetches;
    await reader.ring.obtain([name]);
    if (reader.fetches > before) {
      gaps.push(minute - last);
      last = minute;
    }
    reader.clock.advance(60_000);
  }
  assert.deepEqual(gaps, [0, 1, 2, 4, 8, 16, 32, 60]);
  reader.clock.advance(HOUR);
  reader.answer = () => one.document(reader.clock.now());
  assert.ok(await accepts(reader, name));
});

Deno.test("names of keys that are not: a stranger cannot keep a server's new key out for long", async () => {
  await using database = await freshDatabase();
  const reader = openKeyReader(database.sql);
  const one = new KeyWorldServer(serverName("one.test"), seededRng(3));
  await one.tick(TEST_TS);
  reader.answer = () => one.document(reader.clock.now());
  const rng = seededRng(4);
  for (let run = 0; run < 200; run++) {
    const made = await makeKey(one.name, { from: TEST_TS, until: TEST_TS + DAY }, {
      seed: rng.bytes(32),
    });
    assert.equal((await reader.ring.obtain([made.name])).size, 0);
    reader.clock.advance(1000);
  }
  assert.ok(reader.fetches < 20, `${reader.fetches} fetches`);
  const forced = await one.tick(reader.clock.now(), true);
  reader.clock.advance(30_000);
  assert.ok(await accepts(reader, forced.name));
});

Deno.test("Key notary server must not overwrite a valid key with a spurious result", async () => {
  await using database = await freshDatabase();
  const reader = openKeyReader(database.sql);
  const rng = seededRng(5);
  const one = new KeyWorldServer(serverName("one.test"), rng);
  const known = await one.tick(TEST_TS);
  reader.answer = () => one.document(TEST_TS);
  assert.ok(await accepts(reader, known.name));
  reader.answer = () => Promise.reject(away());
  reader.clock.advance(HOUR);
  const window = { from: TEST_TS - HOUR, until: TEST_TS + 10 * DAY };
  const evil = await makeKey(serverName("notary.test"), window, { seed: rng.bytes(32) });
  const bySelf = await makeKey(one.name, window, { seed: rng.bytes(32), voucher: evil });
  const byKnown = await makeKey(one.name, window, {
    seed: rng.bytes(32),
    voucher: { name: known.name, signer: evil.signer },
  });
  const stretched = {
    ...known.proof,
    entry: { ...known.proof.entry, valid_until: TEST_TS + 13 * DAY + 1 },
  };
  const notary = serverName("notary.test");
  for (const wanted of [bySelf, byKnown, evil]) {
    reader.ask = () => Promise.resolve([wanted.proof, evil.proof, stretched, known.proof]);
    assert.ok(!await accepts(reader, wanted.name, { ask: [notary] }));
    assert.ok(!await accepts(reader, wanted.name, { proofs: [wanted.proof, evil.proof] }));
    assert.equal((await reader.ring.find([wanted.name])).size, 0, "nothing of it is kept");
  }
  const held = await reader.ring.find([known.name]);
  assert.deepEqual([...held.values()], [known.entry]);
  // And what a notary may do: pass on what the server's own key vouches for.
  reader.clock.advance(7 * DAY);
  const next = await one.tick(reader.clock.now());
  reader.ask = (_of, names) =>
    Promise.resolve(
      one.keys.filter(({ name }) => names.some(({ keyId }) => keyId === name.keyId))
        .map(({ proof }) => proof),
    );
  assert.ok(await accepts(reader, next.name, { ask: [notary] }));
});

Deno.test("keys that anyone could sign with are refused: low order, not canonical, printed", async () => {
  await using database = await freshDatabase();
  const rng = seededRng(6);
  const seeds = [
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    "f5e5767cf153319517630f226876b86c8160cc583bc013744c6bf255f5cc0ee5",
    "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
    "9f8362f87a484a954e6e740c5b4c0e84229139a20aa8ab56ff66586f6a7d29c5",
    "00".repeat(32),
  ].map((hex) => Uint8Array.fromHex(hex));
  const keys = seeds.map((seed) => keyPairOf(seed).publicKey);
  for (const y of ["00".repeat(32), "01" + "00".repeat(31), "ec" + "ff".repeat(30) + "7f"]) {
    keys.push(Uint8Array.fromHex(y));
  }
  keys.push(Uint8Array.fromHex("ee" + "ff".repeat(30) + "ff"));
  const window = { valid_from: TEST_TS - DAY, valid_until: TEST_TS + DAY };
  let nth = 0;
  for (const key of keys) {
    const server = serverName(`s${nth++}.test`);
    const good = await makeKey(server, { from: TEST_TS - DAY, until: TEST_TS + DAY }, {
      seed: rng.bytes(32),
    });
    const weak = { server, key: encodePublicKey(key), ...window };
    assert.ok(keyWeakness(weak), key.toHex());
    const reader = openKeyReader(database.sql);
    reader.answer = () =>
      encodeDocument(
        { server, seq: 1, created_ts: TEST_TS, keys: [weak, good.entry], revoked: [] },
        good.signer,
      );
    assert.ok(await accepts(reader, good.name));
    const held = await database.sql`select key from key_entries where server = ${server}`;
    assert.deepEqual(held.map((row) => row["key"]), [good.entry.key]);
  }
});

Deno.test("documents: of another server, unsigned, of a key that ended, older than known: nothing is taken", async () => {
  await using database = await freshDatabase();
  const rng = seededRng(7);
  const one = new KeyWorldServer(serverName("one.test"), rng);
  const old = await one.tick(TEST_TS - 30 * DAY);
  const oldDocument = await one.document(TEST_TS - 30 * DAY);
  const current = await one.tick(TEST_TS);
  const evil = await makeKey(one.name, { from: TEST_TS - DAY, until: TEST_TS + DAY }, {
    seed: rng.bytes(32),
  });
  const draft = {
    server: one.name,
    seq: 99,
    created_ts: TEST_TS,
    keys: [evil.entry, old.entry],
    revoked: [],
  };
  const ofOther = new KeyWorldServer(serverName("two.test"), rng);
  await ofOther.tick(TEST_TS);
  const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  for (
    const bytes of [
      await ofOther.document(TEST_TS),
      await encodeDocument(draft, old.signer),
      text({}),
      text([]),
      new Uint8Array(0),
      new TextEncoder().encode('{"server":"one.test","server":"one.test"}'),
      oldDocument,
    ]
  ) {
    const reader = openKeyReader(database.sql);
    reader.answer = () => Promise.resolve(bytes);
    assert.ok(!await accepts(reader, evil.name));
    assert.ok(!await accepts(reader, current.name));
  }
  const reader = openKeyReader(database.sql);
  reader.answer = () => one.document(TEST_TS);
  assert.ok(await accepts(reader, current.name));
});

/** Counts of one kind of attempt: how many, and how many ended as they must not. */
type Tally = Record<string, { tried: number; wrong: number }>;

function count(tally: Tally, kind: string, wrong: boolean): void {
  const held = tally[kind] ??= { tried: 0, wrong: 0 };
  held.tried++;
  if (wrong) held.wrong++;
}

/** Entries that lead from a stolen key to today, each vouched for by the one before it. */
async function forgeChain(
  from: WorldKey,
  to: { readonly nowMs: number; readonly seed: () => Uint8Array },
): Promise<WorldKey[]> {
  const chain: WorldKey[] = [];
  let voucher = from;
  while (voucher.entry.valid_until <= to.nowMs) {
    const start = voucher.entry.valid_until - 1;
    voucher = await makeKey(from.name.server, { from: start, until: start + 14 * DAY }, {
      seed: to.seed(),
      voucher,
    });
    chain.push(voucher);
  }
  return chain;
}

async function runTimeline(sql: Sql, seed: number, tally: Tally): Promise<void> {
  const rng = seededRng(seed);
  const reader = openKeyReader(sql);
  const { clock } = reader;
  const server = new KeyWorldServer(serverName(`t${seed}.test`), rng);
  let isOnline = true;
  let awayMs = 0;
  const honest = (at: ServerName) =>
    isOnline && at === server.name ? server.document(clock.now()) : Promise.reject(away());
  reader.answer = honest;
  for (let step = 0; step < 14; step++) {
    const passed = rng.below(isOnline ? 144 : 24) * HOUR + HOUR;
    clock.advance(passed);
    awayMs = isOnline ? 0 : awayMs + passed;
    if (awayMs > 5 * DAY) isOnline = true;
    const current = await server.tick(clock.now(), rng.below(8) === 0);
    const hints = { proofs: server.proofs() };
    count(tally, "honest refused", !await accepts(reader, current.name, isOnline ? {} : hints));
    await settle(reader, server.name);
    await attack(reader, { server, current, rng, tally, isOnline });
    reader.answer = honest;
    if (isOnline && rng.below(4) === 0) isOnline = false;
  }
}

async function attack(
  reader: KeyReader,
  scene: {
    readonly server: KeyWorldServer;
    readonly current: WorldKey;
    readonly rng: ReturnType<typeof seededRng>;
    readonly tally: Tally;
    readonly isOnline: boolean;
  },
): Promise<void> {
  const { server, current, rng, tally, isOnline } = scene;
  const nowMs = reader.clock.now();
  const window = { from: nowMs - HOUR, until: nowMs + 13 * DAY };
  const stolen = server.keys[rng.below(server.keys.length)] as WorldKey;
  const wasRevoked = server.revoked.some(({ key_id: id }) => id === stolen.name.keyId);
  if (!usable(stolen.entry, nowMs)) {
    count(tally, "outside of its window", await accepts(reader, stolen.name));
  }
  if (isRetired(stolen.entry, nowMs) || wasRevoked) {
    count(tally, "retired or revoked", await accepts(reader, stolen.name));
    const chain = await forgeChain(stolen, { nowMs, seed: () => rng.bytes(32) });
    const proofs = chain.map(({ proof }) => proof);
    const end = chain.at(-1);
    if (end !== undefined) {
      count(tally, "vouched for by an old key", await accepts(reader, end.name, { proofs }));
    }
  }
  const invented = await makeKey(server.name, window, {
    seed: rng.bytes(32),
    voucher: { name: current.name, signer: stolen === current ? strangers(rng) : stolen.signer },
  });
  count(
    tally,
    "voucher of another key",
    await accepts(reader, invented.name, {
      proofs: [invented.proof],
    }),
  );
  const elsewhere = { server: serverName("elsewhere.test"), keyId: current.name.keyId };
  count(
    tally,
    "key of another server",
    await accepts(reader, elsewhere, {
      proofs: server.proofs(),
    }),
  );
  if (isOnline && rng.below(3) === 0) {
    const others = server.keys.filter((key) => key !== current && usable(key.entry, nowMs));
    const gone = others[rng.below(Math.max(1, others.length))];
    const before = await server.document(nowMs);
    if (gone !== undefined && !server.revoked.some(({ key_id: id }) => id === gone.name.keyId)) {
      server.revoke(gone, nowMs);
      reader.clock.advance(HOUR);
      await accepts(reader, current.name);
      await settle(reader, server.name);
      reader.clock.advance(HOUR);
      // Whoever answers with the document of before cannot take the revocation back.
      reader.answer = () => Promise.resolve(before);
      await settle(reader, server.name);
      count(tally, "revoked", await accepts(reader, gone.name));
    }
  }
}

function strangers(rng: ReturnType<typeof seededRng>): WorldKey["signer"] {
  const pair = keyPairOf(rng.bytes(32));
  return { keyId: "" as never, sign: (bytes) => Promise.resolve(pair.sign(bytes)) };
}

Deno.test("G15: 100 timelines of keys: nothing outside of its window counts, no honest key is refused", async () => {
  await using database = await freshDatabase();
  const tally: Tally = {};
  for (let seed = 1; seed <= 100; seed++) await runTimeline(database.sql, seed, tally);
  const wrong = Object.entries(tally).filter(([, { wrong }]) => wrong > 0);
  assert.deepEqual(wrong, []);
  // Every kind of attempt was made, and often.
  for (const [kind, { tried }] of Object.entries(tally)) {
    assert.ok(tried >= 50, `${kind}: ${tried}`);
  }
  assert.equal(Object.keys(tally).length, 7);
  // Positive control: a stolen key that is neither revoked nor retired does open the door.
  const reader = openKeyReader(database.sql);
  const one = new KeyWorldServer(serverName("stolen.test"), seededRng(500));
  const current = await one.tick(TEST_TS);
  reader.answer = () => one.document(TEST_TS);
  assert.ok(await accepts(reader, current.name));
  const chain = await forgeChain(current, {
    nowMs: current.entry.valid_until,
    seed: () => new Uint8Array(32).fill(77),
  });
  reader.clock.advance(current.entry.valid_until - TEST_TS);
  reader.answer = () => Promise.reject(away());
  const end = chain.at(-1) as WorldKey;
  assert.ok(await accepts(reader, end.name, { proofs: chain.map(({ proof }) => proof) }));
});
