import assert from "node:assert/strict";
import type { JsonObject, JsonValue } from "../../core/event/json.ts";
import { parsePduValue } from "../../core/event/parse_pdu.ts";
import type { EventSigner } from "../../core/event/sign.ts";
import { StrictVerifier } from "../../core/event/verify.ts";
import { type KeyName, verifyEvent } from "../../core/event/verify_event.ts";
import { isRetired, type KeyEntry } from "../../core/keys/key_entry.ts";
import { makeTimelineEvent, TEST_TS, testServer } from "../../tests/harness/events.ts";
import { keyNameText } from "../ports.ts";
import { EventResigner } from "./resign.ts";

const DAY = 86_400_000;

Deno.test("an event of weeks ago gets one signature of today, keeps that of its time and its id", async () => {
  const old = testServer("one.test", 1);
  const event = await makeTimelineEvent({}, { server: old });
  const pdu = event.pdu as unknown as JsonValue;
  const entries = new Map<string, KeyEntry>();
  const add = (entry: KeyEntry, signer: EventSigner) => {
    entries.set(keyNameText({ server: old.name, keyId: signer.keyId }), entry);
  };
  add(old.entry, old.signer);
  let current = old.signer;
  const resigner = new EventResigner({
    self: old.name,
    signer: { current: () => Promise.resolve(current) },
    keyRing: {
      find: (names) =>
        Promise.resolve(
          new Map(names.flatMap((name) => {
            const entry = entries.get(keyNameText(name));
            return entry === undefined ? [] : [[keyNameText(name), entry]];
          })),
        ),
      refusal: (name: KeyName, nowMs) => {
        const entry = entries.get(keyNameText(name));
        return Promise.resolve(entry && isRetired(entry, nowMs) ? "retired" : undefined);
      },
    },
  });
  const signaturesOf = (value: JsonValue) =>
    Object.keys(((value as JsonObject)["signatures"] as JsonObject)[old.name] as JsonObject);

  assert.equal(await resigner.freshen(pdu, TEST_TS + 19 * DAY), pdu, "not retired yet");
  let sent: JsonValue = pdu;
  // Again and again over a year: never more than the first and the last.
  for (let week = 3; week < 52; week++) {
    const nowMs = TEST_TS + week * 7 * DAY;
    const made = testServer("one.test", 100 + week);
    const entry = { ...made.entry, valid_from: nowMs - DAY, valid_until: nowMs + 13 * DAY };
    // A signer's key id is its entry's; the harness made it for another window.
    current = made.signer;
    add(entry, current);
    sent = await resigner.freshen(sent, nowMs);
  }
  const names = signaturesOf(sent);
  assert.equal(names.length, 2);
  assert.ok(names.includes(`ed25519:${old.signer.keyId}`), "step 2 needs the key of its time");
  const parsed = parsePduValue(sent);
  assert.ok(parsed.kind === "event");
  assert.equal(parsed.event.id, event.id);
  const outcome = await verifyEvent(parsed.event, {
    verifier: new StrictVerifier(),
    entryOf: (name) => entries.get(keyNameText(name)),
  });
  assert.ok(outcome.kind === "valid");
  assert.equal(outcome.by.length, 2);

  const foreign = await makeTimelineEvent({}, { server: testServer("two.test", 2) });
  const other = foreign.pdu as unknown as JsonValue;
  assert.equal(await resigner.freshen(other, TEST_TS + 99 * DAY), other);
  assert.equal(await resigner.freshen("no event", TEST_TS), "no event");
});
