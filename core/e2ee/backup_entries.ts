import { type EventId, eventIdFromHash, hashOfEventId } from "../ids/event_id.ts";
import { hashOfRoomId, type RoomId, roomIdFromHash } from "../ids/room_id.ts";
import { parseUserId, type UserId } from "../ids/user_id.ts";
import { ByteReader, concat, textOf, uint, utf8 } from "./bytes.ts";
import { type MessageKey, RECORD_KIND_CODES, recordKindOf } from "./envelope.ts";
import type { IdentitySecrets } from "./identity.ts";

/** The key of one event's sealed body. */
export interface ArchivedKey extends MessageKey {
  readonly eventId: EventId;
}

/** Whom this user knows by which master key. */
export interface Pin {
  readonly user: UserId;
  readonly msk: Uint8Array;
  /** By the user-signing key, where this user has verified the other. */
  readonly verified: Uint8Array | undefined;
}

/**
 * What a chunk of a backup may hold. Never MLS state nor a device's signature key: a restored
 * device is a new device. PROTOCOL.md 12.
 */
export type BackupEntry =
  | { readonly type: "keys"; readonly roomId: RoomId; readonly keys: readonly ArchivedKey[] }
  | { readonly type: "identity"; readonly secrets: Omit<IdentitySecrets, "user"> }
  | { readonly type: "pins"; readonly pins: readonly Pin[] };

const TAGS = { keys: 1, identity: 2, pins: 3 } as const;
/** Event id, nonce, content key, hash, kind: bytes of one archived key. */
export const ARCHIVED_KEY_BYTES = 32 + 16 + 32 + 32 + 1;
const ROOM_BYTES = 32;

function keyBytes({ eventId, nonce, contentKey, hash, kind }: ArchivedKey): Uint8Array {
  return concat(hashOfEventId(eventId), nonce, contentKey, hash, uint(RECORD_KIND_CODES[kind], 1));
}

function pinBytes({ user, msk, verified }: Pin): Uint8Array {
  const id = utf8(user);
  const mark = uint(verified === undefined ? 0 : 1, 1);
  return concat(uint(id.length, 1), id, msk, mark, verified ?? new Uint8Array(0));
}

function body(entry: BackupEntry): Uint8Array {
  switch (entry.type) {
    case "keys":
      return concat(hashOfRoomId(entry.roomId), ...entry.keys.map(keyBytes));
    case "identity":
      return concat(entry.secrets.msk, entry.secrets.ssk, entry.secrets.usk);
    case "pins":
      return concat(...entry.pins.map(pinBytes));
  }
}

/** Entries one after the other: a tag, four bytes of length, the content. */
export function writeEntries(entries: readonly BackupEntry[]): Uint8Array<ArrayBuffer> {
  return concat(...entries.flatMap((entry) => {
    const bytes = body(entry);
    return [uint(TAGS[entry.type], 1), uint(bytes.length, 4), bytes];
  }));
}

/** The entries, or undefined where one is malformed. Tags of later versions are left out. */
export function readEntries(bytes: Uint8Array): BackupEntry[] | undefined {
  const reader = new ByteReader(bytes);
  const entries: BackupEntry[] = [];
  while (reader.left > 0) {
    const tag = reader.uint(1);
    const content = reader.led(4);
    if (content === undefined) return undefined;
    if (tag !== TAGS.keys && tag !== TAGS.identity && tag !== TAGS.pins) continue;
    const entry = readEntry(tag, new ByteReader(content));
    if (entry === undefined) return undefined;
    entries.push(entry);
  }
  return entries;
}

function readEntry(tag: 1 | 2 | 3, reader: ByteReader): BackupEntry | undefined {
  if (tag === TAGS.keys) return readKeys(reader);
  if (tag === TAGS.pins) return readPins(reader);
  const [msk, ssk, usk] = [reader.take(32), reader.take(32), reader.take(32)];
  if (!msk || !ssk || !usk || reader.left > 0) return undefined;
  return { type: "identity", secrets: { msk, ssk, usk } };
}

function readKeys(reader: ByteReader): BackupEntry | undefined {
  const room = reader.take(ROOM_BYTES);
  if (room === undefined || reader.left % ARCHIVED_KEY_BYTES !== 0) return undefined;
  const keys: ArchivedKey[] = [];
  while (reader.left > 0) {
    const part = new ByteReader(reader.take(ARCHIVED_KEY_BYTES) as Uint8Array);
    const take = (size: number) => part.take(size) as Uint8Array;
    const [event, nonce, contentKey, hash, code] = [
      take(32),
      take(16),
      take(32),
      take(32),
      take(1),
    ];
    const kind = recordKindOf(code[0]);
    if (kind === undefined) return undefined;
    keys.push({ eventId: eventIdFromHash(event), nonce, contentKey, hash, kind });
  }
  return { type: "keys", roomId: roomIdFromHash(room), keys };
}

function readPins(reader: ByteReader): BackupEntry | undefined {
  const pins: Pin[] = [];
  while (reader.left > 0) {
    const id = reader.led(1);
    const user = parseUserId((id && textOf(id)) ?? "");
    const msk = reader.take(32);
    const mark = reader.uint(1);
    const verified = mark === 1 ? reader.take(64) : undefined;
    if (user === undefined || msk === undefined || mark === undefined || mark > 1) return undefined;
    if (mark === 1 && verified === undefined) return undefined;
    pins.push({ user, msk, verified });
  }
  return { type: "pins", pins };
}
