import { base64Of, concat, textOf, utf8 } from "../bytes.ts";
import type { MessageKey, RecordKind } from "../envelope.ts";
import type { DeviceStore, StoreChange } from "./ports.ts";
import { goneRow } from "./rows.ts";
import type { OpenFault } from "./types.ts";

/** What opens one message's text, for good. */
export interface ContentKey extends MessageKey {
  /** The sending device; undefined: it came out of a backup or from another device. */
  readonly device: string | undefined;
  /** Of a message of this user: in which epoch it was sealed, where this device was in that one. */
  readonly ownEpoch?: number;
  /** And when, ms, where this device sealed it. */
  readonly ownMs?: number;
}

export type Archived = ContentKey | { readonly fault: OpenFault };

const GOOD = 1;
const BAD = 2;
const KEY_BYTES = 32;
const NONCE_BYTES = 16;
const HEAD_BYTES = 2 + NONCE_BYTES;
const KINDS: readonly RecordKind[] = ["message", "edit", "reaction", "history"];

const byEvent = (roomId: string, eventId: string) => `${roomId}/e/${eventId}`;
const byNonce = (roomId: string, nonce: string) => `${roomId}/n/${nonce}`;

/**
 * The archive: a content key per event, however long ago. A message of MLS opens once and in
 * order; scrolling, searching and backups need any of them at any time.
 */
export class Archive {
  constructor(readonly store: DeviceStore) {}

  async get(roomId: string, eventId: string): Promise<Archived | undefined> {
    const bytes = await this.store.get("keys", byEvent(roomId, eventId));
    return bytes === undefined ? undefined : readArchived(bytes);
  }

  /** The key of a message that was sealed here and has no event yet. */
  async getOwn(roomId: string, nonce: string): Promise<ContentKey | undefined> {
    const bytes = await this.store.get("keys", byNonce(roomId, nonce));
    const read = bytes === undefined ? undefined : readArchived(bytes);
    return read === undefined || "fault" in read ? undefined : read;
  }

  put(roomId: string, eventId: string, value: Archived): StoreChange {
    return { table: "keys", key: byEvent(roomId, eventId), value: writeArchived(value) };
  }

  putOwn(roomId: string, nonce: string, value: ContentKey): StoreChange {
    return { table: "keys", key: byNonce(roomId, nonce), value: writeArchived(value) };
  }

  /** An own message has its event: the first one with its nonce, no later copy. */
  bindOwn(roomId: string, nonce: string, eventId: string, key: ContentKey): StoreChange[] {
    return [goneRow("keys", byNonce(roomId, nonce)), this.put(roomId, eventId, key)];
  }

  /** Events of a room that were sent before this device was there: another one may have their keys. */
  async *unread(roomId: string, page = 500): AsyncGenerator<string> {
    const prefix = byEvent(roomId, "");
    let after: string | undefined;
    while (true) {
      const rows = await this.store.list("keys", {
        prefix,
        limit: page,
        ...(after === undefined ? {} : { after }),
      });
      for (const { key, value } of rows) {
        const archived = readArchived(value);
        const missed = "fault" in archived && archived.fault === "before_join";
        if (missed) yield key.slice(prefix.length);
      }
      if (rows.length < page) return;
      after = rows.at(-1)?.key;
    }
  }

  /** Every key of every room in pages, for a new backup. */
  async *all(page = 1000): AsyncGenerator<readonly ArchiveRow[]> {
    let after: string | undefined;
    while (true) {
      const rows = await this.store.list("keys", {
        limit: page,
        ...(after === undefined ? {} : { after }),
      });
      yield rows.flatMap(({ key, value }) => toRow(key, value));
      if (rows.length < page) return;
      after = rows.at(-1)?.key;
    }
  }
}

export interface ArchiveRow {
  readonly roomId: string;
  readonly eventId: string;
  readonly key: ContentKey;
}

function toRow(rowKey: string, value: Uint8Array): ArchiveRow[] {
  const [roomId, kind, eventId] = rowKey.split("/");
  const key = readArchived(value);
  if (kind !== "e" || roomId === undefined || eventId === undefined || "fault" in key) return [];
  return [{ roomId, eventId, key }];
}

function writeArchived(value: Archived): Uint8Array {
  if ("fault" in value) return concat(Uint8Array.of(BAD), utf8(value.fault));
  const head = Uint8Array.of(GOOD, KINDS.indexOf(value.kind));
  return concat(head, value.nonce, value.contentKey, value.hash, utf8(writeOrigin(value)));
}

function readArchived(bytes: Uint8Array): Archived {
  if (bytes[0] === BAD) return { fault: textOf(bytes.subarray(1)) as OpenFault };
  const kind = KINDS[bytes[1] ?? KINDS.length];
  if (bytes[0] !== GOOD || kind === undefined || bytes.length < HEAD_BYTES + 2 * KEY_BYTES) {
    throw new Error(`Cannot read a row of the archive: ${base64Of(bytes.subarray(0, 4))}...`);
  }
  const hashAt = HEAD_BYTES + KEY_BYTES;
  const origin = readOrigin(textOf(bytes.subarray(hashAt + KEY_BYTES)) ?? "");
  return {
    kind,
    nonce: bytes.slice(2, HEAD_BYTES),
    contentKey: bytes.slice(HEAD_BYTES, hashAt),
    hash: bytes.slice(hashAt, hashAt + KEY_BYTES),
    ...origin,
  };
}

/** Ids of devices have no spaces. */
function writeOrigin({ device = "", ownEpoch, ownMs }: ContentKey): string {
  return [device, ownEpoch, ownMs].filter((part) => part !== undefined).join(" ");
}

function readOrigin(text: string): Pick<ContentKey, "device" | "ownEpoch"> {
  const [device = "", epoch, ms] = text.split(" ");
  return {
    device: device === "" ? undefined : device,
    ...(epoch === undefined ? {} : { ownEpoch: Number(epoch) }),
    ...(ms === undefined ? {} : { ownMs: Number(ms) }),
  };
}
