import assert from "node:assert/strict";
import fc from "fast-check";
import { type DeviceId, deviceIdFromBytes } from "../../ids/device_id.ts";
import type { UserId } from "../../ids/user_id.ts";
import { CountingRng, ManualClock } from "../../../tests/harness/parts.ts";
import { emptyHead } from "../backup.ts";
import { base64Of, fromBase64 } from "../bytes.ts";
import { newIdentity } from "../identity.ts";
import type { Outgoing, Sender, VerificationHost } from "./facts.ts";
import { readMessage, type VerificationMessage, writeMessage } from "./messages.ts";
import { VERIFICATION_LIFE_MS, VerificationRun } from "./run.ts";

const rng = new CountingRng();
const alice = "@alice:example.com" as UserId;
const bob = "@bob:example.org" as UserId;
const identities = {
  [alice]: await newIdentity(alice, rng),
  [bob]: await newIdentity(bob, rng),
} as Readonly<Record<UserId, Awaited<ReturnType<typeof newIdentity>>>>;
const clock = new ManualClock(1_800_000_000_000);

function hostOf(user: UserId, options: { wants?: boolean } = {}): VerificationHost {
  const { identity, secrets } = identities[user] as typeof identities[UserId];
  const { user: _, ...seeds } = secrets;
  const wants = options.wants ?? false;
  const device = deviceIdFromBytes(rng.bytes(16));
  const backup = { key: rng.bytes(32), head: { ...emptyHead(2), seq: 7, hash: rng.bytes(32) } };
  return {
    self: { user, device, msk: identity.msk, signatureKey: rng.bytes(32), wants },
    handover: wants ? undefined : { secrets: seeds, backup },
    rng,
    clock,
  };
}

function senderOf(host: VerificationHost): Sender {
  return { user: host.self.user, device: host.self.device };
}

function read({ kind, body }: Outgoing): VerificationMessage {
  const message = readMessage(kind, body);
  assert.ok(message, `${kind} is readable`);
  return message;
}

function requestIn(send: readonly Outgoing[]) {
  const message = read(send[0] as Outgoing);
  assert.ok(message.kind === "verification.request");
  return message.body;
}

/** What stands between two devices; it may change, drop or repeat messages. */
type Wire = (message: VerificationMessage, from: Sender) => readonly VerificationMessage[];
const honest: Wire = (message) => [message];

class Pair {
  constructor(
    readonly a: VerificationRun,
    readonly b: VerificationRun,
    readonly hosts: { readonly a: VerificationHost; readonly b: VerificationHost },
    readonly wire: Wire = honest,
  ) {}

  /** Carries messages to and fro until none is left. */
  async carry(send: readonly Outgoing[], from: "a" | "b"): Promise<void> {
    const sender = senderOf(this.hosts[from]);
    const [to, back] = from === "a" ? [this.b, "b"] as const : [this.a, "a"] as const;
    for (const outgoing of send) {
      for (const message of this.wire(read(outgoing), sender)) {
        await this.carry(await to.receive(sender, message), back);
      }
    }
  }

  async act(side: "a" | "b", what: "accept" | "confirm"): Promise<void> {
    await this.carry(await this[side][what](), side);
  }

  phases(): string {
    return `${this.a.view().phase} ${this.b.view().phase}`;
  }

  reasons(): string {
    return `${this.a.view().reason} ${this.b.view().reason}`;
  }
}

async function pairOf(
  a: VerificationHost,
  b: VerificationHost,
  wire: Wire = honest,
): Promise<Pair> {
  const begun = await VerificationRun.begin(a, senderOf(b));
  const [asked] = wire(read(begun.send[0] as Outgoing), senderOf(a));
  assert.ok(asked?.kind === "verification.request");
  const run = await VerificationRun.asked(b, senderOf(a), asked.body);
  assert.ok(run);
  return new Pair(begun.run, run, { a, b }, wire);
}

Deno.test("two people compare, both confirm, and each has the other's keys", async () => {
  const [a, b] = [hostOf(alice), hostOf(bob)];
  for (const first of ["a", "b"] as const) {
    const pair = await pairOf(a, b);
    assert.equal(pair.phases(), "waiting asked");
    await pair.act("b", "accept");
    assert.equal(pair.phases(), "compare compare");
    const shown = pair.a.view();
    assert.equal(shown.emoji?.length, 7);
    assert.ok(shown.decimals?.every((number) => number >= 1000 && number <= 9191));
    assert.deepEqual(shown.emoji, pair.b.view().emoji);
    assert.deepEqual(shown.decimals, pair.b.view().decimals);
    await pair.act(first, "confirm");
    assert.equal(pair[first].view().phase, "waiting");
    assert.equal(pair.a.result(), undefined);
    await pair.act(first === "a" ? "b" : "a", "confirm");
    assert.equal(pair.phases(), "done done");
    assert.deepEqual(pair.a.result(), { other: b.self, handover: undefined });
    assert.deepEqual(pair.b.result(), { other: a.self, handover: undefined });
    assert.equal(pair.a.view().emoji, undefined);
  }
});

Deno.test("a new device is given identity and backup, whichever of the two began", async () => {
  const [old, fresh] = [hostOf(alice), hostOf(alice, { wants: true })];
  for (const [a, b] of [[old, fresh], [fresh, old]] as const) {
    const pair = await pairOf(a, b);
    await pair.act("b", "accept");
    await pair.act("a", "confirm");
    await pair.act("b", "confirm");
    assert.equal(pair.phases(), "done done");
    const taken = a === fresh ? pair.a : pair.b;
    assert.deepEqual(taken.result()?.handover, old.handover);
    const given = a === fresh ? pair.b : pair.a;
    assert.equal(given.result()?.handover, undefined);
  }
});

Deno.test("all devices are asked, the first that answers goes on, the others are told", async () => {
  const a = hostOf(alice, { wants: true });
  const olds = [hostOf(alice), hostOf(alice)] as const;
  const { run, send } = await VerificationRun.begin(a, { user: alice, device: "*" });
  const runs = await Promise.all(
    olds.map((old) => VerificationRun.asked(old, senderOf(a), requestIn(send))),
  );
  const [one, two] = runs as [VerificationRun, VerificationRun];
  const answers = await run.receive(senderOf(olds[0]), read((await one.accept())[0] as Outgoing));
  assert.deepEqual(answers.map(({ kind, device }) => [kind, device]), [
    ["verification.cancel", "*"],
    ["verification.key", olds[0].self.device],
  ]);
  const dismissal = read(answers[0] as Outgoing);
  await one.receive(senderOf(a), dismissal);
  assert.equal(one.view().phase, "waiting");
  const late = await run.receive(senderOf(olds[1]), read((await two.accept())[0] as Outgoing));
  await two.receive(senderOf(a), read(late[0] as Outgoing));
  assert.equal(two.view().reason, "other_device");
  assert.equal(run.view().phase, "waiting");
  const itself = await VerificationRun.asked(a, senderOf(a), requestIn(send));
  assert.equal(itself, undefined);
});

/** A server in between that speaks with each side in its own name. */
async function manInTheMiddle(a: VerificationHost, b: VerificationHost) {
  const evil: VerificationHost = { ...a, self: { ...b.self, signatureKey: rng.bytes(32) } };
  const withA = await pairOf(a, evil);
  const evilToB: VerificationHost = { ...b, self: { ...a.self, signatureKey: rng.bytes(32) } };
  const withB = await pairOf(evilToB, b);
  await withA.act("b", "accept");
  await withB.act("b", "accept");
  return { victimA: withA.a, victimB: withB.b };
}

Deno.test("who sits in between makes the two sides show different things", async () => {
  const { victimA, victimB } = await manInTheMiddle(hostOf(alice), hostOf(bob));
  assert.notDeepEqual(victimA.view().emoji, victimB.view().emoji);
  assert.notDeepEqual(victimA.view().decimals, victimB.view().decimals);
});

Deno.test("a change to any message ends it or shows in what is compared", async () => {
  const flipped = (text: string) => {
    const bytes = fromBase64(text) as Uint8Array;
    bytes[0] = (bytes[0] as number) ^ 1;
    return base64Of(bytes);
  };
  const fields: [string, string][] = [
    ["verification.request", "msk"],
    ["verification.request", "key"],
    ["verification.accept", "msk"],
    ["verification.accept", "key"],
    ["verification.accept", "commitment"],
    ["verification.key", "agreement"],
    ["verification.mac", "proof"],
  ];
  for (const [kind, field] of fields) {
    for (const victim of [alice, bob]) {
      const wire: Wire = (message, from) => {
        if (message.kind !== kind || from.user !== victim) return [message];
        const body = message.body as unknown as Record<string, string>;
        const changed = { ...body, [field]: flipped(body[field] as string) };
        return [{ kind, body: changed } as unknown as VerificationMessage];
      };
      const pair = await pairOf(hostOf(alice), hostOf(bob), wire);
      await pair.act("b", "accept");
      const compared = JSON.stringify(pair.a.view().emoji) === JSON.stringify(pair.b.view().emoji);
      if (compared && pair.phases() === "compare compare") {
        await pair.act("a", "confirm");
        await pair.act("b", "confirm");
      }
      const untouched = victim === bob
        ? kind === "verification.request"
        : kind === "verification.accept";
      const ok = compared && pair.phases() === "done done";
      assert.equal(ok, untouched, `${kind} ${field} of ${victim}: ${pair.phases()}`);
    }
  }
});

Deno.test("a key that was not committed to is a mismatch", async () => {
  const other = base64Of(rng.bytes(32));
  const wire: Wire = (message, from) =>
    message.kind === "verification.key" && from.user === bob
      ? [{ kind: message.kind, body: { ...message.body, agreement: other } }]
      : [message];
  const pair = await pairOf(hostOf(alice), hostOf(bob), wire);
  await pair.act("b", "accept");
  assert.equal(pair.reasons(), "mismatch mismatch");
});

Deno.test("keys of low order give nothing to compare", async () => {
  const lowOrder = ["00".repeat(32), "01" + "00".repeat(31), "ecffffff" + "ff".repeat(27) + "7f"];
  for (const hex of lowOrder) {
    const agreement = base64Of(Uint8Array.fromHex(hex));
    const wire: Wire = (message, from) =>
      message.kind === "verification.key" && from.user === alice
        ? [{ kind: message.kind, body: { ...message.body, agreement } }]
        : [message];
    const pair = await pairOf(hostOf(alice), hostOf(bob), wire);
    await pair.act("b", "accept");
    assert.equal(pair.reasons(), "failed failed", hex);
    assert.equal(pair.b.view().emoji, undefined);
  }
});

Deno.test("messages that come twice do no harm, those out of place end it", async () => {
  const twice: Wire = (message) => [message, message];
  const pair = await pairOf(hostOf(alice), hostOf(bob), twice);
  await pair.act("b", "accept");
  await pair.act("b", "confirm");
  await pair.act("a", "confirm");
  assert.equal(pair.phases(), "done done");
  const early = await pairOf(hostOf(alice), hostOf(bob));
  const body = { v: 1, id: early.a.id, proof: base64Of(rng.bytes(32)) };
  const send = await early.a.receive(senderOf(early.hosts.b), { kind: "verification.mac", body });
  assert.equal(early.a.view().reason, "failed");
  await early.carry(send, "a");
  assert.equal(early.reasons(), "failed failed");
});

Deno.test("strangers, other devices and other verifications are not listened to", async () => {
  const pair = await pairOf(hostOf(alice), hostOf(bob));
  const accept = read((await pair.b.accept())[0] as Outgoing);
  const from = senderOf(pair.hosts.b);
  const other = { ...accept, body: { ...accept.body, id: base64Of(rng.bytes(16)) } };
  assert.deepEqual(await pair.a.receive(from, other as VerificationMessage), []);
  assert.deepEqual(await pair.a.receive({ ...from, user: alice }, accept), []);
  const device = deviceIdFromBytes(rng.bytes(16));
  const answer = await pair.a.receive({ ...from, device }, accept);
  assert.deepEqual(answer.map(({ kind, device: to }) => [kind, to]), [
    ["verification.cancel", device],
  ]);
  const cancel = { kind: "verification.cancel", body: { v: 1, id: pair.a.id, reason: "refused" } };
  await pair.a.receive({ ...from, device }, cancel as VerificationMessage);
  assert.equal(pair.phases(), "waiting waiting");
});

Deno.test("saying no, pressing twice, and the clock", async () => {
  const pair = await pairOf(hostOf(alice), hostOf(bob));
  await pair.act("b", "accept");
  assert.deepEqual(await pair.b.accept(), []);
  await pair.carry(await pair.a.cancel("mismatch"), "a");
  assert.equal(pair.reasons(), "mismatch mismatch");
  assert.deepEqual(await pair.a.cancel("refused"), []);
  assert.deepEqual(await pair.a.confirm(), []);
  const slow = await pairOf(hostOf(alice), hostOf(bob));
  assert.deepEqual(await slow.a.tick(), []);
  clock.advance(VERIFICATION_LIFE_MS);
  await slow.carry(await slow.a.tick(), "a");
  assert.equal(slow.reasons(), "timeout timeout");
});

Deno.test("requests that are too old, of tomorrow, or want what they cannot have are dropped", async () => {
  const [a, b] = [hostOf(alice), hostOf(bob)];
  const { send } = await VerificationRun.begin(a, senderOf(b));
  const body = requestIn(send);
  const asked = (change: Partial<typeof body>, host = b) =>
    VerificationRun.asked(host, senderOf(a), { ...body, ...change });
  assert.ok(await asked({}));
  assert.equal(await asked({ ts: clock.now() - VERIFICATION_LIFE_MS }), undefined);
  assert.equal(await asked({ ts: clock.now() + VERIFICATION_LIFE_MS }), undefined);
  assert.equal(await asked({ wants: true }), undefined);
  const own = hostOf(alice);
  assert.ok(await asked({ wants: true }, own));
  const forged = base64Of((identities[bob] as typeof identities[UserId]).identity.msk);
  assert.equal(await asked({ msk: forged }, own), undefined);
  assert.equal(await asked({ wants: true }, hostOf(alice, { wants: true })), undefined);
});

Deno.test("one scan proves both devices to each other and hands over", async () => {
  const [old, fresh] = [hostOf(alice), hostOf(alice, { wants: true })];
  const { run, text } = await VerificationRun.show(old);
  const scanned = await VerificationRun.scan(fresh, ` ${text}\n`);
  assert.ok("run" in scanned);
  const pair = new Pair(run, scanned.run, { a: old, b: fresh });
  await pair.carry(scanned.send, "b");
  assert.equal(pair.phases(), "compare waiting");
  assert.equal(pair.a.view().decimals?.length, 1);
  assert.deepEqual(pair.a.view().decimals, pair.b.view().decimals);
  assert.equal(pair.a.view().device, fresh.self.device);
  await pair.act("a", "confirm");
  assert.equal(pair.phases(), "done done");
  assert.deepEqual(pair.b.result(), { other: old.self, handover: old.handover });
  assert.deepEqual(pair.a.result(), { other: fresh.self, handover: undefined });
});

Deno.test("who has not seen the code cannot answer it, and nothing is handed over", async () => {
  const [old, fresh] = [hostOf(alice), hostOf(alice, { wants: true })];
  const { text } = await VerificationRun.show(old);
  const guessed = await VerificationRun.show(old);
  const scanned = await VerificationRun.scan(fresh, text);
  assert.ok("run" in scanned);
  const start = read(scanned.send[0] as Outgoing);
  const moved = { ...start, body: { ...start.body, id: guessed.run.id } } as VerificationMessage;
  const send = await guessed.run.receive(senderOf(fresh), moved);
  assert.deepEqual(send.map(({ kind }) => kind), ["verification.cancel"]);
  assert.equal(guessed.run.view().reason, "mismatch");
  assert.deepEqual(await guessed.run.confirm(), []);
});

Deno.test("a code with any byte changed on its way is refused, or ends without a handover", async () => {
  const PREFIX = "openguild-device:";
  const alphabet = "base64url";
  const [old, fresh] = [hostOf(alice), hostOf(alice, { wants: true })];
  const walk = async (at: number) => {
    const { run, text: shown } = await VerificationRun.show(old);
    const bytes = Uint8Array.fromBase64(shown.slice(PREFIX.length), { alphabet });
    if (at >= bytes.length) return undefined;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    const text = PREFIX + bytes.toBase64({ alphabet, omitPadding: true });
    const scanned = await VerificationRun.scan(fresh, text);
    if ("fault" in scanned) return "refused";
    const pair = new Pair(run, scanned.run, { a: old, b: fresh });
    await pair.carry(scanned.send, "b");
    await pair.act("a", "confirm");
    assert.notEqual(pair.phases(), "done done", `byte ${at}`);
    assert.equal(pair.b.result()?.handover, undefined, `byte ${at}`);
    return "ended";
  };
  const ends: string[] = [];
  for (let end = await walk(0); end !== undefined; end = await walk(ends.length)) ends.push(end);
  // At the latest when the other device answers: its id, secret and keys stand in the code alone.
  for (const end of ["refused", "ended"]) {
    assert.ok(ends.filter((one) => one === end).length >= 32, ends.join(" "));
  }
});

Deno.test("codes of others, of nobody, or for nobody say what is wrong", async () => {
  const { text } = await VerificationRun.show(hostOf(alice));
  const fresh = hostOf(alice, { wants: true });
  const faultOf = async (host: VerificationHost, code: string) => {
    const scanned = await VerificationRun.scan(host, code);
    return "fault" in scanned ? scanned.fault : "scanned";
  };
  assert.equal(await faultOf(fresh, text), "scanned");
  assert.equal(await faultOf(hostOf(bob, { wants: true }), text), "other_account");
  assert.equal(await faultOf(hostOf(alice), text), "not_needed");
  const lied = { ...fresh, self: { ...fresh.self, msk: rng.bytes(32) } };
  assert.equal(await faultOf(lied, text), "other_identity");
  for (const code of ["", "https://example.com", text.slice(0, -1), text + "A", "x".repeat(5000)]) {
    assert.equal(await faultOf(fresh, code), "no_code", code);
  }
});

/** What one device knows of another's user, as it is true. */
const knownOf = ({ self: { user, msk } }: VerificationHost) => ({ user, msk });

Deno.test("one scan proves two people to each other, and hands nothing over", async () => {
  const [a, b] = [hostOf(alice), hostOf(bob)];
  const { run, text } = await VerificationRun.show(a, knownOf(b));
  const scanned = await VerificationRun.scan(b, text, alice);
  assert.ok("run" in scanned);
  const pair = new Pair(run, scanned.run, { a, b });
  assert.equal(scanned.run.result(), undefined);
  await pair.carry(scanned.send, "b");
  assert.equal(pair.phases(), "compare waiting");
  assert.deepEqual(pair.a.view().decimals, pair.b.view().decimals);
  assert.equal(pair.a.view().decimals?.length, 1);
  assert.deepEqual([run.result(), scanned.run.result()], [undefined, undefined]);
  // What was said once already is not heard again.
  assert.deepEqual(await run.receive(senderOf(b), read(scanned.send[0] as Outgoing)), []);
  await pair.act("a", "confirm");
  assert.equal(pair.phases(), "done done");
  assert.deepEqual(pair.a.result(), { other: b.self, handover: undefined });
  assert.deepEqual(pair.b.result(), { other: a.self, handover: undefined });
});

Deno.test("a person's code works once, for whom it was shown, in front of whom it was asked for", async () => {
  const [a, b] = [hostOf(alice), hostOf(bob)];
  const { run, text } = await VerificationRun.show(a, knownOf(b));
  const faultOf = async (host: VerificationHost, code: string, of?: UserId) => {
    const scanned = await VerificationRun.scan(host, code, of);
    return "fault" in scanned ? scanned.fault : "scanned";
  };
  const carol = "@carol:example.net" as UserId;
  assert.equal(await faultOf(b, text, alice), "scanned");
  assert.equal(await faultOf(b, text, carol), "other_account", "another person's code");
  assert.equal(await faultOf(hostOf(alice), text, alice), "other_account", "not for them");
  assert.equal(await faultOf(hostOf(bob, { wants: true }), text, alice), "not_ready");
  assert.equal(await faultOf(b, text), "no_code", "no code of a device of one's own");
  const ofDevice = await VerificationRun.show(a);
  assert.equal(await faultOf(b, ofDevice.text, alice), "no_code");
  // Two that have seen it: the second one is turned away, and so is who comes after the end.
  const other = hostOf(bob);
  const [first, late] = [
    await VerificationRun.scan(b, text, alice),
    await VerificationRun.scan(other, text, alice),
  ];
  assert.ok("run" in first && "run" in late);
  const pair = new Pair(run, first.run, { a, b });
  await pair.carry(first.send, "b");
  const turned = await run.receive(senderOf(other), read(late.send[0] as Outgoing));
  assert.deepEqual(turned.map(({ kind, device }) => [kind, device]), [
    ["verification.cancel", other.self.device],
  ]);
  assert.equal(run.view().device, b.self.device);
  await pair.act("a", "confirm");
  assert.equal(pair.phases(), "done done");
  assert.deepEqual(await run.receive(senderOf(other), read(late.send[0] as Outgoing)), []);
});

Deno.test("a server that shows people other keys is found out by a person's code", async () => {
  const [a, b] = [hostOf(alice), hostOf(bob)];
  // The one who shows it was told another key of the one who scans.
  const lied = await VerificationRun.show(a, { user: bob, msk: rng.bytes(32) });
  const found = await VerificationRun.scan(b, lied.text, alice);
  assert.ok("fault" in found);
  assert.equal(found.fault, "other_identity");
  // Somebody who photographed the code answers in their name, with a key of their own.
  const mallory = hostOf(bob);
  const forged: VerificationHost = {
    ...mallory,
    self: { ...mallory.self, msk: rng.bytes(32) },
  };
  const { run, text } = await VerificationRun.show(a, knownOf(b));
  const seen = await VerificationRun.scan(mallory, text, alice);
  assert.ok("run" in seen);
  const start = read(seen.send[0] as Outgoing);
  const body = { ...start.body, msk: base64Of(forged.self.msk) };
  const claim = { ...start, body } as VerificationMessage;
  const send = await run.receive(senderOf(mallory), claim);
  assert.deepEqual(send.map(({ kind }) => kind), ["verification.cancel"]);
  assert.equal(run.view().reason, "mismatch");
  assert.equal(run.result(), undefined);
  // Who wants to be handed something is no person in front of one.
  const asking = await VerificationRun.show(a, knownOf(b));
  const wants = { ...body, id: asking.run.id, wants: true };
  await asking.run.receive(senderOf(b), { ...start, body: wants } as VerificationMessage);
  assert.equal(asking.run.view().reason, "failed");
});

Deno.test("a person's code with any byte changed on its way proves nothing", async () => {
  const PREFIX = "openguild-person:";
  const alphabet = "base64url";
  const [a, b] = [hostOf(alice), hostOf(bob)];
  for (let at = 0;; at++) {
    const { run, text: shown } = await VerificationRun.show(a, knownOf(b));
    const bytes = Uint8Array.fromBase64(shown.slice(PREFIX.length), { alphabet });
    if (at >= bytes.length) break;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    const text = PREFIX + bytes.toBase64({ alphabet, omitPadding: true });
    const scanned = await VerificationRun.scan(b, text, alice);
    if ("fault" in scanned) continue;
    const pair = new Pair(run, scanned.run, { a, b });
    await pair.carry(scanned.send, "b");
    await pair.act("a", "confirm");
    assert.notEqual(pair.phases(), "done done", `byte ${at}`);
    assert.equal(pair.b.result(), undefined, `byte ${at}`);
  }
});

Deno.test("a handover of another identity than the compared one is refused", async () => {
  const [old, fresh] = [hostOf(alice), hostOf(alice, { wants: true })];
  const { user: _, ...secrets } = (identities[bob] as typeof identities[UserId]).secrets;
  const wrong: VerificationHost = { ...old, handover: { secrets, backup: undefined } };
  const pair = await pairOf(wrong, fresh);
  await pair.act("b", "accept");
  await pair.act("a", "confirm");
  await pair.act("b", "confirm");
  assert.equal(pair.b.view().reason, "mismatch");
  assert.equal(pair.b.result(), undefined);
});

Deno.test("messages are read by their shape alone, and never throw", () => {
  const id = base64Of(rng.bytes(16));
  const good = { v: 1, id, reason: "refused" } as const;
  const bytes = writeMessage({ kind: "verification.cancel", body: good });
  assert.deepEqual({ ...readMessage("verification.cancel", bytes)?.body }, good);
  assert.equal(readMessage("verification.mac", bytes), undefined);
  const bad = [{ ...good, v: 2 }, { ...good, id: "AAAA" }, { ...good, reason: "because" }];
  for (const body of bad) {
    const message = { kind: "verification.cancel", body } as unknown as VerificationMessage;
    assert.equal(readMessage("verification.cancel", writeMessage(message)), undefined);
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 5000 }), (noise) => {
    assert.equal(readMessage("verification.key", noise), undefined);
  }));
});

Deno.test("whatever comes in whatever order, nobody is done whose person has not confirmed", async () => {
  const device = deviceIdFromBytes(rng.bytes(16)) as DeviceId;
  const move = fc.constantFrom("accept", "key", "mac", "done", "start", "cancel", "tick");
  await fc.assert(
    fc.asyncProperty(fc.array(move, { maxLength: 8 }), async (moves) => {
      const a = hostOf(alice);
      const { run } = await VerificationRun.begin(a, { user: alice, device });
      const msk = base64Of(a.self.msk);
      const front = { v: 1, id: run.id };
      const party = { msk, key: base64Of(rng.bytes(32)), wants: true };
      for (const kind of moves) {
        const bodies: Record<string, unknown> = {
          accept: { ...front, ...party, commitment: base64Of(rng.bytes(32)) },
          key: { ...front, agreement: base64Of(rng.bytes(32)) },
          mac: { ...front, proof: base64Of(rng.bytes(32)) },
          done: { ...front, handover: "AAAA" },
          start: { ...front, ...party, agreement: base64Of(rng.bytes(32)), proof: msk },
          cancel: { ...front, reason: "refused" },
        };
        if (kind === "tick") await run.tick();
        else {
          const message = { kind: `verification.${kind}`, body: bodies[kind] };
          const send = await run.receive(
            { user: alice, device },
            message as unknown as VerificationMessage,
          );
          assert.ok(send.every((out) => out.kind !== "verification.done"));
        }
      }
      assert.notEqual(run.view().phase, "done");
    }),
    { numRuns: 60 },
  );
});
