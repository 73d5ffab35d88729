import assert from "node:assert/strict";
import { base58 } from "@scure/base";
import { blake3 } from "@noble/hashes/blake3.js";
import type { HeldEvent } from "./event.ts";
import { parseJsonText } from "./json_parse.ts";
import { writeCanonical } from "./json_write.ts";
import { parsePdu } from "./parse_pdu.ts";
import { StrictVerifier } from "./verify.ts";
import { verifyEvent } from "./verify_event.ts";
import { type KeyEntry, keyIdOf, parseKeyEntry } from "../keys/key_entry.ts";

const document = await Deno.readTextFile(new URL("../../docs/PROTOCOL.md", import.meta.url));
const encoder = new TextEncoder();

/** The JSON block after `<!-- label -->`. */
function block(label: string): string {
  const at = document.indexOf(`<!-- ${label} -->`);
  assert.ok(at >= 0, `PROTOCOL.md has no <!-- ${label} -->`);
  const from = document.indexOf("```json\n", at) + "```json\n".length;
  return document.slice(from, document.indexOf("\n```", from));
}

/** The value written as "- name = `value`" after a label. */
function stated(name: string, after: string): string {
  const tail = document.slice(document.indexOf(`<!-- ${after} -->`));
  const match = new RegExp(`${name} = \`([^\`]+)\``).exec(tail);
  assert.ok(match?.[1], `PROTOCOL.md states no ${name} after ${after}`);
  return match[1];
}

function readExample(label: string): HeldEvent {
  const outcome = parsePdu(encoder.encode(block(`example ${label} pdu`)));
  assert.ok(outcome.kind === "event", outcome.kind === "drop" ? outcome.message : "");
  return outcome.event;
}

function readEntry(): KeyEntry {
  const parsed = parseJsonText(block("example key entry"));
  const entry = parsed.ok ? parseKeyEntry(parsed.value) : undefined;
  assert.ok(entry);
  return entry;
}

Deno.test("PROTOCOL.md: the canonical form of the example is as it says", () => {
  const at = document.indexOf("<!-- example canonical -->");
  const blocks = [...document.slice(at).matchAll(/```json\n([\s\S]*?)\n```/g)].slice(0, 2);
  const [loose, canonical] = blocks.map((match) => match[1] ?? "");
  const parsed = parseJsonText(loose ?? "");
  assert.ok(parsed.ok);
  assert.equal(writeCanonical(parsed.value), canonical);
});

for (const label of ["create", "message", "redacted"]) {
  Deno.test(`PROTOCOL.md: hash, id and signature of the example "${label}" hold`, async () => {
    const event = readExample(label);
    const core = block(`example ${label} core`);
    const hash = blake3(encoder.encode(core));
    assert.equal(hash.toHex(), stated("`event_hash`", `example ${label} core`));
    assert.equal(`$${base58.encode(hash)}`, stated("id", `example ${label} core`));
    assert.equal(event.id, `$${base58.encode(hash)}`);
    const entry = readEntry();
    const keyId = keyIdOf(entry);
    assert.equal(keyId, stated("key id", "example key entry"));
    const outcome = await verifyEvent(event, {
      verifier: new StrictVerifier(),
      entryOf: (name) => name.keyId === keyId ? entry : undefined,
    });
    assert.deepEqual(outcome, { kind: "valid", by: [{ server: "example.com", keyId }] });
  });
}

Deno.test("PROTOCOL.md: the content hash, the room id and the redaction of the example hold", () => {
  const message = readExample("message");
  const sealed = encoder.encode(block("example message sealed"));
  assert.equal(message.pdu.content_hash, base58.encode(blake3(sealed)));
  assert.equal(message.withheld, false);
  const create = readExample("create");
  assert.equal(create.roomId, stated("room id", "example create core"));
  assert.equal(message.roomId, create.roomId);
  const redacted = readExample("redacted");
  assert.equal(redacted.id, message.id);
  assert.equal(redacted.withheld, true);
  assert.ok(!JSON.stringify(redacted.pdu).includes("morning"));
});

Deno.test("PROTOCOL.md: a changed byte of an example is seen", () => {
  const altered = block("example message pdu").replace("@alice:", "@alicf:");
  const outcome = parsePdu(encoder.encode(altered));
  assert.ok(outcome.kind === "event");
  assert.notEqual(outcome.event.id, stated("id", "example message core"));
});
