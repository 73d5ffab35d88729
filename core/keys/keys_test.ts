import assert from "node:assert/strict";
import fc from "fast-check";
import { keyPairOf, serverName, TEST_TS, testServer } from "../../tests/harness/events.ts";
import { seededRng } from "../../tests/harness/seeded_rng.ts";
import { StrictVerifier } from "../event/verify.ts";
import type { EventSigner } from "../event/sign.ts";
import type { JsonValue } from "../event/json.ts";
import { limits } from "../limits.ts";
import { parseKeyDocument, signKeyDocument, verifyKeyDocument } from "./key_document.ts";
import {
  decodePublicKey,
  encodePublicKey,
  isRetired,
  type KeyEntry,
  keyIdOf,
  parseKeyEntry,
  usable,
} from "./key_entry.ts";
import { planRotation } from "./plan_rotation.ts";
import { isVouchedFor, signKeyEntry } from "./sign_key_entry.ts";

const DAY = 86_400_000;
const server = serverName("example.com");

function keyOf(seed: number, window: { from: number; until: number }) {
  const pair = keyPairOf(seededRng(seed).bytes(32));
  const key = encodePublicKey(pair.publicKey);
  const entry: KeyEntry = { server, key, valid_from: window.from, valid_until: window.until };
  const signer: EventSigner = {
    keyId: keyIdOf(entry),
    sign: (bytes) => Promise.resolve(pair.sign(bytes)),
  };
  return { entry, signer };
}

Deno.test("key entries: exactly four fields, a window of at most 14 days, one spelling of the key", () => {
  const { entry } = keyOf(1, { from: TEST_TS, until: TEST_TS + 14 * DAY });
  assert.deepEqual(parseKeyEntry({ ...entry }), entry);
  const changes: readonly Readonly<Record<string, JsonValue>>[] = [
    { valid_until: entry.valid_until + 1 },
    { valid_until: entry.valid_from },
    { valid_from: 0 },
    { server: "Example.com" },
    { key: `${entry.key}=` },
    { key: entry.key.slice(1) },
    { extra: 1 },
  ];
  for (const change of changes) {
    assert.equal(parseKeyEntry({ ...entry, ...change }), undefined, JSON.stringify(change));
  }
  assert.equal(parseKeyEntry([]), undefined);
  const loose = entry.key.slice(0, -1) + String.fromCharCode(entry.key.charCodeAt(42) + 1);
  assert.equal(decodePublicKey(loose), undefined);
});

Deno.test("a key id stands for the key and its window", () => {
  const { entry } = keyOf(1, { from: TEST_TS, until: TEST_TS + DAY });
  const ids = [
    entry,
    { ...entry, valid_until: entry.valid_until + 1 },
    { ...entry, valid_from: entry.valid_from - 1 },
    { ...entry, server: serverName("other.example") },
    keyOf(2, { from: TEST_TS, until: TEST_TS + DAY }).entry,
  ].map((made) => keyIdOf(made));
  assert.equal(new Set(ids).size, ids.length);
});

Deno.test("windows: from is inside, until is not; retirement comes a week after the end", () => {
  const { entry } = keyOf(1, { from: TEST_TS, until: TEST_TS + DAY });
  assert.deepEqual(
    [-1, 0, DAY - 1, DAY].map((offset) => usable(entry, TEST_TS + offset)),
    [false, true, true, false],
  );
  assert.ok(!isRetired(entry, entry.valid_until + 7 * DAY - 1));
  assert.ok(isRetired(entry, entry.valid_until + 7 * DAY));
});

/** Runs the plan at the given times as a server would, making each key it asks for. */
function runServer(times: readonly number[], forced: readonly boolean[] = []) {
  const own: KeyEntry[] = [];
  const uses: { nowMs: number; entry: KeyEntry }[] = [];
  times.forEach((nowMs, at) => {
    let plan = planRotation(own, { nowMs, force: forced[at] === true });
    if (plan.create !== undefined) {
      const { validFrom: from, validUntil: until } = plan.create;
      own.push(keyOf(own.length + 1, { from, until }).entry);
      plan = planRotation(own, { nowMs });
    }
    assert.ok(plan.signWith, `nothing to sign with at ${nowMs}`);
    assert.ok(plan.create === undefined, "one new key is enough");
    assert.ok(plan.nextAt > nowMs);
    uses.push({ nowMs, entry: plan.signWith });
  });
  return { own, uses };
}

Deno.test("120 virtual days by the hour: always a usable key, a week each, made a day ahead", () => {
  const hours = Array.from({ length: 120 * 24 }, (_, hour) => TEST_TS + hour * 3_600_000);
  const { own, uses } = runServer(hours);
  assert.ok(own.length >= 17 && own.length <= 19, `${own.length} keys`);
  const spans = Map.groupBy(uses, ({ entry }) => entry);
  for (const [entry, used] of [...spans].slice(0, -1)) {
    assert.ok(used.every(({ nowMs }) => usable(entry, nowMs)));
    const lastUse = used.at(-1)?.nowMs ?? 0;
    assert.ok(entry.valid_until - lastUse >= 6 * DAY, "what is on its way has a week");
    assert.ok(entry.valid_until - entry.valid_from <= limits.keys.maxWindowMs);
  }
});

Deno.test("whatever the clock does and whenever rotation is forced, there is a key to sign with", () => {
  const jump = fc.integer({ min: -400 * DAY, max: 400 * DAY });
  fc.assert(
    fc.property(fc.array(jump, { maxLength: 20 }), fc.array(fc.boolean()), (jumps, forced) => {
      let now = TEST_TS;
      const times = [now, ...jumps.map((by) => now = Math.max(TEST_TS - 400 * DAY, now + by))];
      for (const { nowMs, entry } of runServer(times, forced).uses) {
        assert.ok(usable(entry, nowMs));
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("sleeping until nextAt misses nothing", () => {
  const own: KeyEntry[] = [];
  let now = TEST_TS;
  for (let wake = 0; wake < 60; wake++) {
    const plan = planRotation(own, { nowMs: now });
    if (plan.create !== undefined) {
      const { validFrom: from, validUntil: until } = plan.create;
      own.push(keyOf(own.length + 1, { from, until }).entry);
    }
    const { signWith, nextAt } = planRotation(own, { nowMs: now });
    assert.ok(signWith && usable(signWith, nextAt - 1), "the key in use lasts until the next look");
    now = nextAt;
  }
  assert.ok(now > TEST_TS + 100 * DAY);
});

Deno.test("key documents: signed by a listed key that is usable and not revoked; no field may change", async () => {
  const verifier = new StrictVerifier();
  const old = keyOf(1, { from: TEST_TS - 20 * DAY, until: TEST_TS - 6 * DAY });
  const current = keyOf(2, { from: TEST_TS - DAY, until: TEST_TS + 13 * DAY });
  const draft = {
    server,
    seq: 7,
    created_ts: TEST_TS,
    keys: [current.entry, old.entry],
    revoked: [{ key_id: old.signer.keyId, revoked_ts: TEST_TS, reason: "laptop lost" }],
  };
  const at = { verifier, nowMs: TEST_TS };
  const document = await signKeyDocument(draft, [current.signer]);
  const parsed = parseKeyDocument(JSON.parse(JSON.stringify(document)));
  assert.deepEqual(parsed, document);
  assert.ok(await verifyKeyDocument(document, at));
  assert.ok(!await verifyKeyDocument(document, { ...at, nowMs: TEST_TS + 14 * DAY }));
  for (
    const change of [{ seq: 8 }, { created_ts: 1 }, { revoked: [] }, { keys: [current.entry] }]
  ) {
    assert.ok(!await verifyKeyDocument({ ...document, ...change }, at), JSON.stringify(change));
  }
  assert.ok(!await verifyKeyDocument(await signKeyDocument(draft, [old.signer]), at));
  const self = [{ key_id: current.signer.keyId, revoked_ts: TEST_TS, reason: "" }];
  const revoked = await signKeyDocument({ ...draft, revoked: self }, [current.signer]);
  assert.ok(!await verifyKeyDocument(revoked, at));
  const foreign = { ...current.entry, server: serverName("evil.example") };
  for (const bad of [{ keys: [foreign] }, { signatures: {} }, { seq: -1 }, { revoked: [1] }]) {
    assert.equal(parseKeyDocument(JSON.parse(JSON.stringify({ ...document, ...bad }))), undefined);
  }
});

Deno.test("a new entry is vouched for by an older key of the same server alone", async () => {
  const verifier = new StrictVerifier();
  const old = keyOf(1, { from: TEST_TS, until: TEST_TS + DAY });
  const { entry } = keyOf(2, { from: TEST_TS, until: TEST_TS + DAY });
  const signature = await signKeyEntry(entry, old.signer);
  assert.ok(await isVouchedFor(entry, { known: old.entry, signature, verifier }));
  const later = { ...entry, valid_until: entry.valid_until + 1 };
  assert.ok(!await isVouchedFor(later, { known: old.entry, signature, verifier }));
  const foreign = testServer("evil.example", 1).entry;
  assert.ok(!await isVouchedFor(entry, { known: foreign, signature, verifier }));
});
