import assert from "node:assert/strict";
import { StrictVerifier } from "../event/verify.ts";
import { parseUserId, type UserId } from "../ids/user_id.ts";
import { CountingRng } from "../../tests/harness/parts.ts";
import {
  checkIdentity,
  checkUserSignature,
  type CrossSigning,
  identityOf,
  newIdentity,
  readIdentity,
  signUser,
  writeIdentity,
} from "./identity.ts";

const verifier = new StrictVerifier();
const alice = parseUserId("@alice:example.com") as UserId;
const bob = parseUserId("@bob:example.org") as UserId;

function flip(bytes: Uint8Array): Uint8Array {
  const other = bytes.slice();
  other[5] = (other[5] as number) ^ 1;
  return other;
}

Deno.test("a new identity holds together, and its secrets give the same one again", async () => {
  const { secrets, identity } = await newIdentity(alice, new CountingRng());
  assert.equal(await checkIdentity(identity, verifier), "good");
  assert.deepEqual(await identityOf(secrets), identity);
});

Deno.test("an identity survives the wire, and nothing but its one spelling is read", async () => {
  const { identity } = await newIdentity(alice, new CountingRng());
  const json = writeIdentity(identity);
  assert.deepEqual(readIdentity(alice, json), identity);
  for (
    const change of [{ msk: json.msk + "=" }, { ssk: "AAAA" }, { usk_sig: json.usk_sig + "A" }]
  ) {
    assert.equal(readIdentity(alice, { ...json, ...change }), undefined, JSON.stringify(change));
  }
  assert.equal(readIdentity(alice, { ...json, usk: json.usk.slice(0, 42) + "B" }), undefined);
});

Deno.test("a change to any part of an identity is named", async () => {
  const { identity } = await newIdentity(alice, new CountingRng());
  const rng = new CountingRng();
  rng.bytes(100);
  const other = (await newIdentity(alice, rng)).identity;
  const weak = new Uint8Array(32);
  const cases: [Partial<CrossSigning>, string][] = [
    [{ msk: other.msk }, "bad_ssk_signature"],
    [{ ssk: other.ssk }, "bad_ssk_signature"],
    [{ usk: other.usk }, "bad_usk_signature"],
    [{ sskSignature: flip(identity.sskSignature) }, "bad_ssk_signature"],
    [{ uskSignature: identity.sskSignature }, "bad_usk_signature"],
    [{ user: bob }, "bad_ssk_signature"],
    [{ ssk: weak }, "weak_key"],
    [{ usk: identity.ssk }, "repeated_key"],
    [{ msk: identity.msk.slice(1) }, "weak_key"],
  ];
  for (const [change, reason] of cases) {
    assert.equal(await checkIdentity({ ...identity, ...change }, verifier), reason);
  }
});

Deno.test("a signature on a user's key counts for that user, that key and that signer alone", async () => {
  const rng = new CountingRng();
  const mine = await newIdentity(alice, rng);
  const theirs = await newIdentity(bob, rng);
  const about = { signer: alice, user: bob, msk: theirs.identity.msk };
  const signature = await signUser(mine.secrets.usk, about);
  const by = { usk: mine.identity.usk, signature };
  assert.equal(await checkUserSignature(about, by, verifier), true);
  assert.equal(await checkUserSignature({ ...about, user: alice }, by, verifier), false);
  assert.equal(await checkUserSignature({ ...about, signer: bob }, by, verifier), false);
  assert.equal(await checkUserSignature({ ...about, msk: mine.identity.msk }, by, verifier), false);
  const wrongKey = { usk: mine.identity.ssk, signature };
  assert.equal(await checkUserSignature(about, wrongKey, verifier), false);
});
