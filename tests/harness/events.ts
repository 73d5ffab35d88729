import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { buildControlEvent, buildTimelineEvent } from "../../core/event/build.ts";
import type { ControlEvent, HeldEvent, TimelineEvent } from "../../core/event/event.ts";
import type { JsonObject } from "../../core/event/json.ts";
import { writeCanonicalBytes } from "../../core/event/json_write.ts";
import type { EventSigner } from "../../core/event/sign.ts";
import { StrictVerifier } from "../../core/event/verify.ts";
import type { VerifyEventContext } from "../../core/event/verify_event.ts";
import { type ChannelId, channelIdFromBytes } from "../../core/ids/channel_id.ts";
import { type EventId, eventIdFromHash } from "../../core/ids/event_id.ts";
import { roomIdFromHash } from "../../core/ids/room_id.ts";
import { parseServerName, type ServerName } from "../../core/ids/server_name.ts";
import { parseUserId, type UserId } from "../../core/ids/user_id.ts";
import { encodePublicKey, type KeyEntry, keyIdOf } from "../../core/keys/key_entry.ts";
import { seededRng } from "./seeded_rng.ts";

export const TEST_TS = 1_790_000_000_000;
const DAY = 86_400_000;
const PKCS8_PREFIX = "302e020100300506032b657004220420";

/** A homeserver's name and key, made from a seed. Signs at once, so that many events are cheap. */
export interface TestServer {
  readonly name: ServerName;
  readonly entry: KeyEntry;
  readonly signer: EventSigner;
}

export function serverName(text: string): ServerName {
  const name = parseServerName(text);
  if (name === undefined) throw new Error(`"${text}" is no server name`);
  return name;
}

export function userId(text: string): UserId {
  const user = parseUserId(text);
  if (user === undefined) throw new Error(`"${text}" is no user id`);
  return user;
}

/** A key pair of Ed25519 from 32 bytes. */
export function keyPairOf(seed: Uint8Array) {
  const der = Uint8Array.fromHex(PKCS8_PREFIX + seed.toHex());
  const privateKey = createPrivateKey({
    key: der.toBase64(),
    format: "der",
    type: "pkcs8",
    encoding: "base64",
  });
  const jwk = createPublicKey(privateKey).export({ format: "jwk" });
  const publicKey = Uint8Array.fromBase64(String(jwk.x), { alphabet: "base64url" });
  const signWith = (bytes: Uint8Array) => new Uint8Array(sign(null, bytes, privateKey));
  return { publicKey, sign: signWith };
}

export function testServer(name: string, seed = 1): TestServer {
  const server = serverName(name);
  const pair = keyPairOf(seededRng(seed).bytes(32));
  const entry = {
    server,
    key: encodePublicKey(pair.publicKey),
    valid_from: TEST_TS - DAY,
    valid_until: TEST_TS + 13 * DAY,
  };
  const signer = {
    keyId: keyIdOf(entry),
    sign: (bytes: Uint8Array) => Promise.resolve(pair.sign(bytes)),
  };
  return { name: server, entry, signer };
}

/** Verifies against the keys of these servers. */
export function verifyContext(...servers: readonly TestServer[]): VerifyEventContext {
  const entries = new Map<string, KeyEntry>(
    servers.map(({ signer, entry }) => [signer.keyId, entry]),
  );
  return { verifier: new StrictVerifier(), entryOf: ({ keyId }) => entries.get(keyId) };
}

export function randomEventId(rng: { bytes(length: number): Uint8Array }): EventId {
  return eventIdFromHash(rng.bytes(32));
}

interface MadeBy {
  readonly server: TestServer;
  readonly seed?: number;
}

/** A timeline event with invented parents; fields of `fields` replace the usual ones. */
export function makeTimelineEvent(
  fields: {
    type?: string;
    content?: JsonObject;
    sender?: UserId;
    originTs?: number;
    channelId?: ChannelId;
    roomId?: HeldEvent["roomId"];
    prevEvents?: readonly EventId[];
  },
  by: MadeBy,
): Promise<TimelineEvent> {
  const rng = seededRng(by.seed ?? 7);
  return buildTimelineEvent({
    type: "m.room.message",
    sender: userId(`@alice:${by.server.name}`),
    originTs: TEST_TS,
    content: { msgtype: "text", body: "hello" },
    channelId: channelIdFromBytes(new Uint8Array(16).fill(9)),
    roomId: roomIdFromHash(new Uint8Array(32).fill(5)),
    prevEvents: [randomEventId(rng), randomEventId(rng)],
    stateRefs: [randomEventId(rng)],
    ...fields,
  }, { signer: by.server.signer, rng });
}

/** A control event with invented parents and authority. */
export function makeControlEvent(
  fields: {
    type: string;
    content: JsonObject;
    stateKey?: string;
    sender?: UserId;
    originTs?: number;
    roomId?: HeldEvent["roomId"];
    prevEvents?: readonly EventId[];
    authEvents?: readonly EventId[];
  },
  by: MadeBy,
): Promise<ControlEvent> {
  const rng = seededRng(by.seed ?? 8);
  return buildControlEvent({
    sender: userId(`@alice:${by.server.name}`),
    originTs: TEST_TS,
    roomId: roomIdFromHash(new Uint8Array(32).fill(5)),
    prevEvents: [randomEventId(rng), randomEventId(rng)],
    authEvents: [randomEventId(rng), randomEventId(rng)],
    ...fields,
  }, { signer: by.server.signer, rng });
}

/** The bytes of an event as a server sends it. */
export function pduBytes(event: HeldEvent): Uint8Array<ArrayBuffer> {
  return writeCanonicalBytes(event.pdu as unknown as JsonObject);
}
