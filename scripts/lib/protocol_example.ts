import { createPrivateKey, sign } from "node:crypto";
import { buildControlEvent, buildTimelineEvent } from "../../core/event/build.ts";
import type { HeldEvent } from "../../core/event/event.ts";
import { eventCore } from "../../core/event/hash.ts";
import type { JsonObject } from "../../core/event/json.ts";
import { writeCanonical } from "../../core/event/json_write.ts";
import { redactEvent } from "../../core/event/redact.ts";
import type { EventSigner } from "../../core/event/sign.ts";
import { encodeBase58Of16 } from "../../core/ids/base58.ts";
import { channelIdFromBytes } from "../../core/ids/channel_id.ts";
import { eventIdFromHash } from "../../core/ids/event_id.ts";
import { parseServerName } from "../../core/ids/server_name.ts";
import { parseUserId } from "../../core/ids/user_id.ts";
import { type KeyEntry, keyIdOf, usable } from "../../core/keys/key_entry.ts";
import { COVERED, signRequest } from "../../federation/http/sign_request.ts";
import { signatureBase } from "../../federation/http/signature_base.ts";
import { assert } from "../../core/assert.ts";

/** RFC 8032 7.1, test 1. */
const SEED = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
const KEY = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
const PKCS8_PREFIX = "302e020100300506032b657004220420";
const TS = 1_790_000_000_000;

function bytes(start: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => start + at);
}

function exampleSigner(entry: KeyEntry): EventSigner {
  const der = Uint8Array.fromHex(PKCS8_PREFIX + SEED);
  const key = createPrivateKey({
    key: der.toBase64(),
    format: "der",
    type: "pkcs8",
    encoding: "base64",
  });
  return {
    keyId: keyIdOf(entry),
    sign: (message) => Promise.resolve(new Uint8Array(sign(null, message, key))),
  };
}

function block(label: string, json: string): string {
  return `<!-- ${label} -->\n\n\`\`\`json\n${json}\n\`\`\``;
}

function chapter(title: string, label: string, event: HeldEvent): string {
  const core = writeCanonical(eventCore(event.pdu));
  return [
    title,
    block(`example ${label} pdu`, JSON.stringify(event.pdu, null, 2)),
    "Canonical form of its core, what is hashed:",
    block(`example ${label} core`, core),
    `- \`event_hash\` = \`${event.hash.toHex()}\` (hex)\n- id = \`${event.id}\``,
  ].join("\n\n");
}

/** The key of all examples, and whose it is. */
function exampleKey() {
  const server = parseServerName("example.com");
  assert(server !== undefined, "the example's names are valid");
  const key = Uint8Array.fromHex(KEY).toBase64({ omitPadding: true });
  const from = TS - 86_400_000;
  const entry = { server, key, valid_from: from, valid_until: from + 14 * 86_400_000 };
  return { server, entry, signer: exampleSigner(entry) };
}

/** The worked example of PROTOCOL.md 3: a key, a room, a message, the message redacted. */
export async function workedExample(): Promise<string> {
  const alice = parseUserId("@alice:example.com");
  assert(alice !== undefined, "the example's names are valid");
  const { entry, signer } = exampleKey();
  const create = await buildControlEvent({
    type: "m.room.create",
    sender: alice,
    originTs: TS,
    stateKey: "",
    content: {
      room_version: "og1",
      nonce: encodeBase58Of16(bytes(48, 16)),
      kind: "guild",
      federate: true,
    },
    prevEvents: [],
    authEvents: [],
  }, { signer, rng: { bytes: (length) => bytes(0, length) } });
  const channelId = channelIdFromBytes(bytes(32, 16));
  const message = await buildTimelineEvent({
    type: "m.room.message",
    sender: alice,
    originTs: TS + 1000,
    roomId: create.roomId,
    channelId,
    stateRefs: [create.id],
    prevEvents: [],
    content: {
      msgtype: "text",
      body: "Good morning ☕",
      relates_to: { kind: "reply", event_id: eventIdFromHash(bytes(64, 32)) },
    },
  }, { signer, rng: { bytes: (length) => bytes(16, length) } });
  const sealed: JsonObject = { content: message.pdu.content, salt: message.pdu.salt ?? "" };
  return [
    "A key entry and its key id:",
    block("example key entry", JSON.stringify(entry, null, 2)),
    `- key id = \`${signer.keyId}\``,
    chapter("The first event of a guild; its hash names the room:", "create", create),
    `- room id = \`${create.roomId}\``,
    chapter("A message in a channel of it (a reply, to show what is kept):", "message", message),
    "What its `content_hash` is the hash of:",
    block("example message sealed", writeCanonical(sealed)),
    chapter(
      "The same message, redacted. Its core is the same, so its id and signature still hold:",
      "redacted",
      redactEvent(message),
    ),
  ].join("\n\n");
}

/** The worked example of PROTOCOL.md 8: a request of one server to another, and what is signed. */
export async function requestExample(): Promise<string> {
  const { entry, signer, server } = exampleKey();
  const destination = parseServerName("chat.example.org");
  assert(destination !== undefined, "the example's names are valid");
  const request = {
    method: "GET",
    authority: "chat.example.org:8448",
    target: "/_federation/heads?room_id=%21room",
    destination,
    body: new Uint8Array(0),
  };
  const headers = await signRequest(request, {
    origin: server,
    signer,
    nowMs: TS,
    nonce: bytes(64, 16),
  });
  const params = (headers["signature-input"] as string).slice("og=".length);
  const base = signatureBase({ ...request, header: (name) => headers[name] }, COVERED, params);
  assert(base !== undefined, "the example can be signed");
  assert(usable(entry, TS), "the example's key holds the time of the request");
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [
    "<!-- example request -->",
    ["```http", `GET ${request.target} HTTP/1.1`, `host: ${request.authority}`, ...lines, "```"]
      .join("\n"),
    "What the key of the example in section 3 signs; its lines are joined by a line feed, and there " +
    "is none at the end:",
    "<!-- example request base -->",
    ["```text", new TextDecoder().decode(base), "```"].join("\n"),
  ].join("\n\n");
}
