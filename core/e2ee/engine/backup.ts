import {
  type BackupHead,
  emptyHead,
  judgeHead,
  MAX_ENTRY_BYTES,
  newBackupKey,
  openChunk,
  sealChunk,
} from "../backup.ts";
import { ARCHIVED_KEY_BYTES, type BackupEntry } from "../backup_entries.ts";
import {
  type BackupSlot,
  type NewSlot,
  openSlot,
  passkeyOfSlot,
  sealSlot,
  type SlotSecret,
} from "../backup_slot.ts";
import { base64Of } from "../bytes.ts";
import { identityOf, type IdentitySecrets } from "../identity.ts";
import { formatRecoveryKey, parseRecoveryKey } from "../recovery_key.ts";
import type { UserId } from "../../ids/user_id.ts";
import type { Archive } from "./archive.ts";
import type { DeviceCallResult } from "./calls.ts";
import { bytesOf, type HeldBackup } from "./held_backup.ts";
import type { OwnDevice } from "./own_device.ts";
import { CallRefused, type EnginePorts, type StoreChange } from "./ports.ts";
import { closedGap } from "./gaps.ts";
import { readQueueRow, toEntries } from "./queued_keys.ts";
import { goneRow } from "./rows.ts";
import type { Pin, Trust } from "./trust.ts";
import { Turn } from "./turn.ts";
import type { BackupSecret, BackupState, EngineChange, PasskeyWay, SlotKind } from "./types.ts";

/** Keys of one chunk: it stays well below what a chunk holds, and a phone's patience. */
const KEYS_PER_CHUNK = Math.min(2000, Math.floor(MAX_ENTRY_BYTES / ARCHIVED_KEY_BYTES) - 8);
/** Tries to put a chunk while other devices put theirs. */
const MAX_TRIES = 8;
/** Pages of chunks read in one go. */
const MAX_PAGES = 2000;

type ServerBackup = DeviceCallResult<"getBackup">;

/** What a person gave does not open the backup. `code` is for the interface. */
export class WrongSecret extends Error {
  override readonly name = "WrongSecret";

  constructor(readonly code: "wrong_secret" | "malformed_secret" | "no_backup", message: string) {
    super(message);
  }
}

export interface BackupParts {
  readonly ports: EnginePorts;
  readonly held: HeldBackup;
  readonly archive: Archive;
  readonly device: OwnDevice;
  readonly trust: Trust;
  emit(change: EngineChange): void;
}

/**
 * The encrypted backup of this user: content keys, the identity and pins; never a group's state or
 * a device's own key, which must not come to life twice. Every device adds to the same chain.
 */
export class Backup {
  readonly #turn = new Turn();

  constructor(readonly parts: BackupParts) {}

  get #held(): HeldBackup {
    return this.parts.held;
  }

  async describe(): Promise<BackupState | undefined> {
    const present = await this.#fetch();
    if (present === undefined) return undefined;
    const waiting = await this.parts.ports.store.list("backup");
    return {
      slots: present.slots.map(({ kind }) => kind),
      savedTs: this.#held.savedTs ?? present.changed_ts,
      keys: this.#held.keys,
      waiting: waiting.length,
      bytes: present.bytes,
      maxBytes: present.max_bytes,
    };
  }

  /** Makes the backup with all that this device has, or gives the present one a new recovery key. */
  create(): Promise<string> {
    return this.#turn.run(async () => {
      const { rng } = this.parts.ports;
      const recovery = rng.bytes(32);
      const present = await this.#fetch();
      if (present === undefined || this.#held.key === undefined) {
        await this.#begin(present, recovery);
      } else await this.#putSlot(present, { kind: "recovery_key", key: recovery });
      return formatRecoveryKey(recovery);
    });
  }

  async #begin(present: ServerBackup | undefined, recovery: Uint8Array): Promise<void> {
    const { ports, archive, device } = this.parts;
    const backupKey = newBackupKey(ports.rng);
    const user = device.userId;
    const slot = await sealSlot({ user, backupKey, rng: ports.rng }, {
      kind: "recovery_key",
      key: recovery,
    });
    const head = emptyHead((present?.head.version ?? 0) + 1);
    await ports.transport.call("putBackup", {
      body: {
        expect: present === undefined ? null : expectOf(present),
        head: { ...head, hash: base64Of(head.hash) },
        slots: [slotText(slot)],
      },
    });
    this.#held.trouble = undefined;
    await this.#held.save({ backupKey, head, keys: 0 });
    for await (const rows of archive.all()) await ports.store.write(this.#held.rowsFor(rows));
    await this.#put(await this.#firstEntries(), []);
    await this.#drain();
  }

  /** What a new device needs before anything else. */
  async #firstEntries(): Promise<BackupEntry[]> {
    const { secrets } = this.parts.device;
    const pins = [...this.parts.trust.all()]
      .filter(([user]) => user !== this.parts.device.userId)
      .map(([user, { msk, signature }]) => ({
        user: user as UserId,
        msk: bytesOf(msk),
        verified: signature === undefined ? undefined : bytesOf(signature),
      }));
    return await Promise.resolve([
      ...(secrets === undefined ? [] : [{ type: "identity" as const, secrets }]),
      ...(pins.length === 0 ? [] : [{ type: "pins" as const, pins }]),
    ]);
  }

  addPassphrase(passphrase: string): Promise<void> {
    return this.#turn.run(async () => {
      const present = await this.#demand();
      await this.#putSlot(present, { kind: "passphrase", passphrase });
    });
  }

  addPasskey(passkey: PasskeyWay & { readonly prf: Uint8Array }): Promise<void> {
    return this.#turn.run(async () => {
      await this.#putSlot(await this.#demand(), { kind: "passkey", ...passkey });
    });
  }

  async passkeyWay(): Promise<PasskeyWay | undefined> {
    const slot = (await this.#fetch())?.slots.find(({ kind }) => kind === "passkey");
    return slot && passkeyOfSlot({ kind: slot.kind, data: bytesOf(slot.data) });
  }

  removeSlot(kind: SlotKind): Promise<void> {
    return this.#turn.run(async () => {
      const present = await this.#demand();
      const slots = present.slots.filter((slot) => slot.kind !== kind);
      // A passkey is an extra: it may be bound to the device that is lost.
      if (slots.every((slot) => slot.kind === "passkey")) {
        throw new RangeError(`Cannot remove the ${kind}: it is the only way to the backup`);
      }
      await this.#putSlots(present, slots);
    });
  }

  async #putSlot(present: ServerBackup, slot: NewSlot): Promise<void> {
    const { rng } = this.parts.ports;
    const backupKey = this.#held.key;
    if (backupKey === undefined) throw new WrongSecret("no_backup", "This device has no backup");
    const made = await sealSlot({ user: this.parts.device.userId, backupKey, rng }, slot);
    const others = present.slots.filter(({ kind }) => kind !== slot.kind);
    await this.#putSlots(present, [...others, slotText(made)]);
  }

  async #putSlots(present: ServerBackup, slots: ServerBackup["slots"]): Promise<void> {
    await this.parts.ports.transport.call("putBackup", {
      body: { expect: expectOf(present), head: present.head, slots },
    });
    this.parts.emit({ what: "backup" });
  }

  /** Takes what other devices put into the backup, and puts what waits here. */
  flush(): Promise<void> {
    return this.#turn.run(async () => {
      if (this.#held.key === undefined || this.#held.trouble !== undefined) return;
      await this.#pull();
      await this.#drain();
    });
  }

  async #drain(): Promise<void> {
    const { store } = this.parts.ports;
    while (this.#held.key !== undefined && this.#held.trouble === undefined) {
      const waiting = await store.list("backup", { limit: KEYS_PER_CHUNK });
      if (waiting.length === 0) return;
      const used = waiting.map(({ key }) => goneRow("backup", key));
      await this.#put(toEntries(waiting.map(readQueueRow)), used, waiting.length);
    }
  }

  /** Puts one chunk after the last one, whoever put that. */
  async #put(
    entries: readonly BackupEntry[],
    used: readonly StoreChange[],
    count = 0,
  ): Promise<void> {
    const { ports, device } = this.parts;
    if (entries.length === 0) return;
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const { key: backupKey, head: after } = this.#held;
      if (backupKey === undefined || after === undefined) return;
      const place = { user: device.userId, backupKey, after };
      const { chunk, head } = sealChunk(place, entries, ports.rng);
      try {
        await ports.transport.call("putBackupChunk", {
          params: { seq: head.seq },
          body: {
            version: head.version,
            previous_hash: base64Of(after.hash),
            chunk: base64Of(chunk),
          },
        });
      } catch (error) {
        if (!(error instanceof CallRefused) || error.code !== "conflict") throw error;
        if (await this.#pull() === 0) return;
        continue;
      }
      const keys = this.#held.keys + count;
      await this.#held.save({ backupKey, head, keys, savedTs: ports.clock.now() }, used);
      return;
    }
  }

  /**
   * Reads chunks after the known head into archive, pins and identity.
   * @returns how many chunks were read
   */
  async #pull(found?: (done: number, seq: number, of: number) => void): Promise<number> {
    const { ports, device } = this.parts;
    let chunks = 0;
    for (let page = 0; page < MAX_PAGES; page++) {
      const { key: backupKey, head: known } = this.#held;
      if (backupKey === undefined || known === undefined) return chunks;
      const told = await ports.transport.call("listBackupChunks", { query: { after: known.seq } });
      const toldHead = { ...told.head, hash: bytesOf(told.head.hash) };
      const judgement = judgeHead(known, toldHead);
      if (judgement === "same") return chunks;
      if (judgement !== "ahead") return this.#refuse(judgement, chunks);
      for (const { chunk } of told.chunks) {
        const after = this.#held.head;
        if (after === undefined) return chunks;
        const opened = openChunk({ user: device.userId, backupKey, after }, bytesOf(chunk));
        if (!opened.ok) return this.#refuse("forked", chunks);
        const keys = await this.#take(opened.entries, opened.head, backupKey);
        chunks++;
        found?.(keys, opened.head.seq, told.head.seq);
      }
      if (!told.more) return chunks;
    }
    return chunks;
  }

  #refuse(judgement: "new_version" | "rolled_back" | "forked", chunks: number): number {
    this.#held.trouble = judgement === "rolled_back" ? "rolled_back" : "unreadable";
    this.parts.emit({ what: "backup" });
    this.parts.emit({ what: "device" });
    return chunks;
  }

  /** @returns how many content keys were in it */
  async #take(
    entries: readonly BackupEntry[],
    head: BackupHead,
    backupKey: Uint8Array,
  ): Promise<number> {
    const { archive, trust } = this.parts;
    const rows: StoreChange[] = [];
    const events = new Map<string, string[]>();
    let count = 0;
    for (const entry of entries) {
      if (entry.type === "identity") this.#found = entry.secrets;
      if (entry.type === "pins") {
        await trust.restore(
          new Map(entry.pins.map((pin) => [pin.user as string, pinOf(pin)] as const)),
        );
      }
      if (entry.type !== "keys") continue;
      const ids = events.get(entry.roomId) ?? [];
      events.set(entry.roomId, ids);
      for (const { eventId, ...key } of entry.keys) {
        // What is known here of a key, as that this device sealed the message, is more.
        const present = await archive.get(entry.roomId, eventId);
        if (present !== undefined && !("fault" in present)) continue;
        rows.push(archive.put(entry.roomId, eventId, { ...key, device: undefined }));
        rows.push(closedGap(entry.roomId, eventId));
        ids.push(eventId);
        count++;
      }
    }
    const keys = this.#held.keys + count;
    await this.#held.save({ backupKey, head, keys }, rows);
    for (const [roomId, eventIds] of events) {
      this.parts.emit({ what: "keys", roomId, eventIds });
    }
    return count;
  }

  #found: Omit<IdentitySecrets, "user"> | undefined;

  /**
   * Opens the backup of the server with what a person has: its content keys go into the archive.
   * @returns how many, and the identity that was in it
   * @throws WrongSecret
   */
  restore(
    secret: BackupSecret,
  ): Promise<{ keys: number; secrets: IdentitySecrets | undefined }> {
    return this.#turn.run(async () => {
      const present = await this.#fetch();
      if (present === undefined) throw new WrongSecret("no_backup", "There is no backup");
      const backupKey = await this.#openWith(present, secretOf(secret));
      return await this.#readAll(backupKey, present.head.version);
    });
  }

  /**
   * As `restore`, with the backup's key from another device of the user, which says how far the
   * backup went: a server that gives less back is found out.
   */
  adopt(
    { key, head }: { readonly key: Uint8Array; readonly head: BackupHead },
  ): Promise<{ keys: number; secrets: IdentitySecrets | undefined }> {
    return this.#turn.run(async () => {
      const present = await this.#fetch();
      if (present === undefined) return { keys: 0, secrets: undefined };
      const taken = await this.#readAll(key, present.head.version);
      const held = this.#held.head;
      const judgement = held === undefined ? "same" : judgeHead(head, held);
      if (judgement === "rolled_back" || judgement === "forked") this.#refuse(judgement, 0);
      return taken;
    });
  }

  async #readAll(backupKey: Uint8Array, version: number) {
    const { device, emit } = this.parts;
    this.#found = undefined;
    this.#held.trouble = undefined;
    await this.#held.save({ backupKey, head: emptyHead(version), keys: 0 });
    let keys = 0;
    await this.#pull((more, seq, of) => {
      keys += more;
      emit({ what: "restore", done: keys, total: Math.ceil(keys / seq * of) });
    });
    const found = this.#found as Omit<IdentitySecrets, "user"> | undefined;
    const secrets = found && { ...found, user: device.userId };
    if (secrets !== undefined) await identityOf(secrets);
    emit({ what: "backup" });
    return { keys, secrets };
  }

  async #openWith(present: ServerBackup, secret: SlotSecret): Promise<Uint8Array> {
    for (const { kind, data } of present.slots.filter((slot) => slot.kind === secret.kind)) {
      const slot: BackupSlot = { kind, data: bytesOf(data) };
      const opened = await openSlot(this.parts.device.userId, slot, secret);
      if (opened.ok) return opened.backupKey;
    }
    throw new WrongSecret("wrong_secret", `The ${secret.kind} does not open the backup`);
  }

  /** The identity is another one: the backup of the old one is let go. */
  forget(): Promise<void> {
    return this.#turn.run(() => this.#held.forget());
  }

  async #fetch(): Promise<ServerBackup | undefined> {
    try {
      return await this.parts.ports.transport.call("getBackup", {});
    } catch (error) {
      if (error instanceof CallRefused && error.code === "not_found") return undefined;
      throw error;
    }
  }

  async #demand(): Promise<ServerBackup> {
    const present = await this.#fetch();
    if (present === undefined) throw new WrongSecret("no_backup", "There is no backup yet");
    return present;
  }
}

function secretOf(secret: BackupSecret): SlotSecret {
  if ("passphrase" in secret) return { kind: "passphrase", passphrase: secret.passphrase };
  if ("passkey" in secret) return { kind: "passkey", prf: secret.passkey };
  const parsed = parseRecoveryKey(secret.recoveryKey);
  if (!parsed.ok) throw new WrongSecret("malformed_secret", parsed.message);
  return { kind: "recovery_key", key: parsed.key };
}

function pinOf(
  { msk, verified }: { readonly msk: Uint8Array; readonly verified: Uint8Array | undefined },
): Pin {
  return {
    msk: base64Of(msk),
    verified: verified !== undefined,
    ...(verified === undefined ? {} : { signature: base64Of(verified) }),
  };
}

function slotText({ kind, data }: BackupSlot) {
  return { kind, data: base64Of(data) };
}

function expectOf({ head, slots_revision }: ServerBackup) {
  return { head, slots_revision };
}
