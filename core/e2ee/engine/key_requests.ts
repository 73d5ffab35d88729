import { type EventId, parseEventId } from "../../ids/event_id.ts";
import { parseRoomId, type RoomId } from "../../ids/room_id.ts";
import type { ArchivedKey } from "../backup_entries.ts";
import { base64Of, fromBase64 } from "../bytes.ts";
import { readCertificate } from "../certificate.ts";
import {
  answerKeyRequest,
  isSignedBy,
  type KeyRequest,
  makeKeyRequest,
  MAX_ASKED_EVENTS,
  openKeyAnswer,
  type OpenRequest,
  readKeyAnswer,
  readKeyRequest,
  type SignedMessage,
} from "../key_request.ts";
import type { Archive, ContentKey } from "./archive.ts";
import type { BackupQueue } from "./backup_queue.ts";
import type { ToDeviceItem } from "./calls.ts";
import { closedGap, findGap, openGaps } from "./gaps.ts";
import type { OwnDevice } from "./own_device.ts";
import { CallRefused, type EnginePorts, type StoreChange } from "./ports.ts";
import { usersOf, wasMember } from "./rosters.ts";
import type { Trust } from "./trust.ts";
import type { EngineChange } from "./types.ts";

/** A room asks again after this time without an answer (ms). */
const PATIENCE_MS = 60_000;
/** The user's own devices have so long before the sender of a message is asked (ms). */
const OWN_FIRST_MS = 20_000;
/** A sender who did not give a key is asked again after these times (ms), and then no more. */
const SENDERS_AGAIN_MS = [60_000, 3_600_000] as const;
/** Senders that are asked in one go. */
const MAX_SENDERS = 8;
/** Requests whose answer may still come. */
const MAX_OPEN = 50;
/** Events that were asked for in this life of the device: none twice. */
const MAX_ASKED = 20_000;
/** Answers to one device within `ANSWER_WINDOW_MS`: enough for a conversation, too few to flood. */
const MAX_ANSWERS = 300;
/** The same to a device of somebody else. */
const MAX_ANSWERS_TO_OTHERS = 30;
const ANSWER_WINDOW_MS = 600_000;
/** Devices of whom it is counted; the one that asked longest ago is forgotten. */
const MAX_COUNTED = 2000;

export interface KeyRequestsParts {
  readonly ports: EnginePorts;
  readonly device: OwnDevice;
  readonly trust: Trust;
  readonly archive: Archive;
  readonly backup: BackupQueue;
  /** Reads what a room's feed has. */
  read(roomId: string): Promise<unknown>;
  /** Does something after a time, unless the engine ends. */
  later(ms: number, task: () => Promise<void>): void;
  emit(change: EngineChange): void;
}

interface Waiting {
  readonly open: OpenRequest;
  readonly roomId: RoomId;
  /** Whose devices were asked. */
  readonly of: string;
  readonly atMs: number;
}

/**
 * Keys that this device missed are asked of the user's other devices, some at a time, as long as
 * answers come, and what those do not have of who sent the message. Theirs are answered: to
 * certified devices of this user, and to those of people for whom this user sealed the message.
 * PROTOCOL.md 12, "Missed keys".
 */
export class KeyRequests {
  readonly #waiting = new Map<string, Waiting>();
  readonly #asked = new Set<string>();
  /** How often a key was asked of its message's sender. */
  readonly #askedSenders = new Map<string, number>();
  /** Rooms that are looked at once more. */
  readonly #again = new Set<string>();
  readonly #answers = new Map<string, { sinceMs: number; count: number }>();

  constructor(readonly parts: KeyRequestsParts) {}

  /** Asks for some keys of a room, unless an answer is awaited. */
  async ask(roomId: string): Promise<void> {
    const { ports, device } = this.parts;
    const room = parseRoomId(roomId);
    if (device.phase !== "ready" || room === undefined) return;
    if (this.#isWaiting(roomId, device.userId)) return this.#askAgain(room);
    const eventIds = await this.#wanted(roomId);
    if (eventIds.length === 0) return await this.#askSenders(room);
    const open = await makeKeyRequest(device.keys, { roomId: room, eventIds }, ports.rng);
    let devices: number | null;
    try {
      devices = await this.#send(device.userId, open);
    } catch (error) {
      this.#excuse(error);
      return this.#askAgain(room);
    }
    // Without another device there is nobody to ask, now; another one may come.
    if (devices === 0) return await this.#askSenders(room);
    for (const eventId of eventIds) this.#asked.add(eventId);
    this.#await(open, { roomId: room, of: device.userId });
    this.parts.later(OWN_FIRST_MS, () => this.#askSenders(room));
  }

  /**
   * What is missed while an answer is awaited, or while nothing gets through, is asked of its
   * senders soon, and of own devices once more when an answer should be there.
   */
  #askAgain(room: RoomId): void {
    if (this.#again.has(room)) return;
    this.#again.add(room);
    this.parts.later(OWN_FIRST_MS, () => this.#askSenders(room));
    this.parts.later(PATIENCE_MS, async () => {
      this.#again.delete(room);
      await this.ask(room);
    });
  }

  /**
   * What is missed and no own device gave is asked of whoever sent it, and some times more: its
   * server may not know this device yet, its device may be off. `round`: how often it was asked.
   */
  async #askSenders(room: RoomId, round = 0): Promise<void> {
    const { ports, device } = this.parts;
    const gaps = (await openGaps(ports.store, room)).filter(({ eventId, sender }) =>
      sender !== device.userId && (this.#askedSenders.get(eventId) ?? 0) === round
    );
    const bySender = [...Map.groupBy(gaps, ({ sender }) => sender)].slice(0, MAX_SENDERS);
    for (const [sender, theirs] of bySender) {
      if (this.#askedSenders.size >= MAX_ASKED) return;
      const eventIds = theirs.flatMap(({ eventId }) => parseEventId(eventId) ?? [])
        .slice(0, MAX_ASKED_EVENTS);
      if (eventIds.length === 0) continue;
      const open = await makeKeyRequest(device.keys, { roomId: room, eventIds }, ports.rng);
      for (const eventId of eventIds) this.#askedSenders.set(eventId, round + 1);
      this.#await(open, { roomId: room, of: sender });
      // Where it cannot be sent now, the next time is the one below.
      await this.#send(sender, open).catch((error) => this.#excuse(error));
    }
    const againMs = SENDERS_AGAIN_MS[round];
    if (bySender.length === 0 || againMs === undefined) return;
    this.parts.later(againMs, () => this.#askSenders(room, round + 1));
  }

  /** @returns how many devices it reached; null: those of another server, nobody knows */
  async #send(userId: string, open: OpenRequest): Promise<number | null> {
    const { transport } = this.parts.ports;
    try {
      const { devices } = await transport.call("sendToDevice", {
        body: {
          user_id: userId,
          device_id: "*",
          kind: "keys.request",
          body: base64Of(open.request.bytes),
        },
      });
      return devices;
    } catch (error) {
      // Somebody without a device, or who takes no messages of this user.
      if (error instanceof CallRefused && error.code === "not_found") return 0;
      throw error;
    }
  }

  #excuse(error: unknown): void {
    this.parts.ports.log?.log("debug", "A key could not be asked for", { why: String(error) });
  }

  #isWaiting(roomId: string, of: string): boolean {
    const nowMs = this.parts.ports.clock.now();
    // An answer of a device that was off is taken however late it comes.
    return [...this.#waiting.values()].some((waiting) =>
      waiting.roomId === roomId && waiting.of === of && waiting.atMs + PATIENCE_MS > nowMs
    );
  }

  #await(open: OpenRequest, about: Pick<Waiting, "roomId" | "of">): void {
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size >= MAX_OPEN && oldest !== undefined) this.#waiting.delete(oldest);
    const atMs = this.parts.ports.clock.now();
    this.#waiting.set(base64Of(open.request.id), { ...about, open, atMs });
  }

  /** First what broke, then what was sent before this device was there. */
  async #wanted(roomId: string): Promise<EventId[]> {
    const { ports, archive } = this.parts;
    const wanted: EventId[] = [];
    const take = (text: string) => {
      const eventId = parseEventId(text);
      if (eventId !== undefined && !this.#asked.has(eventId)) wanted.push(eventId);
      return wanted.length >= MAX_ASKED_EVENTS || this.#asked.size >= MAX_ASKED;
    };
    for (const { eventId } of await openGaps(ports.store, roomId)) {
      if (take(eventId)) return wanted;
    }
    for await (const eventId of archive.unread(roomId)) if (take(eventId)) return wanted;
    return wanted;
  }

  /** Takes a message out of the inbox. @returns false where it is of another kind */
  async receive(item: ToDeviceItem): Promise<boolean> {
    if (item.kind !== "keys.request" && item.kind !== "keys.answer") return false;
    const bytes = fromBase64(item.body);
    const { device } = this.parts;
    const isSelf = item.from === device.userId && item.from_device === device.id;
    if (bytes === undefined || isSelf || device.phase !== "ready") return true;
    if (item.kind === "keys.request") await this.#answer(item, bytes);
    else await this.#take(item, bytes);
    return true;
  }

  async #answer(item: ToDeviceItem, bytes: Uint8Array): Promise<void> {
    const { ports, device } = this.parts;
    const request = readKeyRequest(bytes);
    if (request === undefined || !await this.#isFrom(item, request, item.from)) return;
    let keys = await this.#keysFor(item.from, request);
    if (keys.length === 0 && item.from !== device.userId) {
      // What this device sealed is known by its event once that came by.
      await this.parts.read(request.roomId);
      keys = await this.#keysFor(item.from, request);
    }
    if (keys.length === 0 || !this.#mayAnswer(item)) return;
    const answer = await answerKeyRequest(device.keys, request, { keys, rng: ports.rng });
    if (answer === undefined) return;
    await ports.transport.call("sendToDevice", {
      body: {
        user_id: item.from,
        device_id: item.from_device ?? "",
        kind: "keys.answer",
        body: base64Of(answer),
      },
    });
  }

  /**
   * To an own device all that is there; to somebody else what this user sealed for them, on this
   * very device or on another one that this one was in the group with: they could have read it, had
   * nothing gone wrong, or had their device been there in time.
   */
  async #keysFor(userId: string, { roomId, eventIds }: KeyRequest): Promise<ArchivedKey[]> {
    const { archive, device } = this.parts;
    const keys: ArchivedKey[] = [];
    for (const eventId of eventIds) {
      const found = await archive.get(roomId, eventId);
      if (found === undefined || "fault" in found) continue;
      if (userId === device.userId || await this.#isFor(userId, roomId, found)) {
        keys.push({ eventId, ...found });
      }
    }
    return keys;
  }

  /** For somebody who was in the group; if sealed here, for members whose devices were awaited too. */
  async #isFor(
    user: string,
    roomId: RoomId,
    { ownEpoch, ownMs: sealedMs }: ContentKey,
  ): Promise<boolean> {
    const { store, clock } = this.parts.ports;
    if (ownEpoch === undefined) return false;
    if ((await usersOf(store, roomId, ownEpoch)).includes(user)) return true;
    return sealedMs !== undefined &&
      await wasMember(store, roomId, { user, sealedMs, nowMs: clock.now() });
  }

  #mayAnswer({ from, from_device }: ToDeviceItem): boolean {
    const nowMs = this.parts.ports.clock.now();
    const name = `${from} ${from_device}`;
    const before = this.#answers.get(name);
    const fresh = before === undefined || before.sinceMs + ANSWER_WINDOW_MS <= nowMs;
    const now = fresh ? { sinceMs: nowMs, count: 0 } : before;
    now.count++;
    const [oldest] = this.#answers.keys();
    const isFull = this.#answers.size >= MAX_COUNTED && before === undefined;
    if (isFull && oldest !== undefined) this.#answers.delete(oldest);
    this.#answers.set(name, now);
    const max = from === this.parts.device.userId ? MAX_ANSWERS : MAX_ANSWERS_TO_OTHERS;
    return now.count <= max;
  }

  /**
   * Whether the user's identity, as it is pinned and no other one waits for acceptance, certifies
   * the sender, which has signed, and is no device that is gone.
   */
  async #isFrom(item: ToDeviceItem, message: SignedMessage, userId: string): Promise<boolean> {
    const { ports, device, trust } = this.parts;
    const shown = readCertificate(message.certificate);
    if (shown === undefined || item.from !== userId) return false;
    const certificate = await trust.certificateOf(message.certificate, shown.signatureKey, {
      fresh: true,
    });
    if (certificate?.user !== userId || certificate.device !== item.from_device) return false;
    const pin = trust.pin(userId);
    if (pin === undefined || pin.msk !== base64Of(certificate.msk)) return false;
    if (userId === device.userId ? !pin.verified : pin.changedTo !== undefined) return false;
    const { verifier } = trust.parts;
    if (!await isSignedBy(message, certificate.signatureKey, verifier)) return false;
    const { users } = await ports.transport.call("queryIdentities", {
      body: { users: [userId] },
    });
    const text = base64Of(message.certificate);
    return users[0]?.devices.some((one) => one.certificate === text) ?? false;
  }

  async #take(item: ToDeviceItem, bytes: Uint8Array): Promise<void> {
    const answer = readKeyAnswer(bytes);
    const id = answer && base64Of(answer.id);
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (answer === undefined || id === undefined || waiting === undefined) return;
    if (!await this.#isFrom(item, answer, waiting.of)) return;
    const keys = await openKeyAnswer(waiting.open, answer);
    if (keys === undefined) return;
    this.#waiting.delete(id);
    const { roomId, of } = waiting;
    if (of === this.parts.device.userId) {
      await this.#keep(roomId, keys);
      return await this.ask(roomId);
    }
    await this.#keep(roomId, await this.#ofSender(roomId, of, keys));
    await this.#askSenders(roomId);
  }

  /** A sender's word counts for what they sent, and for the key that the message names. */
  async #ofSender(
    roomId: RoomId,
    sender: string,
    keys: readonly ArchivedKey[],
  ): Promise<ArchivedKey[]> {
    const { store } = this.parts.ports;
    const good: ArchivedKey[] = [];
    for (const key of keys) {
      const gap = await findGap(store, roomId, key.eventId);
      if (gap?.sender === sender && gap.nonce === base64Of(key.nonce)) good.push(key);
    }
    return good;
  }

  /** What was judged here stands: neither a good key nor a false message is written over. */
  async #keep(roomId: RoomId, keys: readonly ArchivedKey[]): Promise<void> {
    const { ports, archive, backup, emit } = this.parts;
    const rows: StoreChange[] = [];
    const found: string[] = [];
    for (const { eventId, ...rest } of keys) {
      const present = await archive.get(roomId, eventId);
      const open = present === undefined ||
        ("fault" in present && present.fault === "before_join");
      if (!open) continue;
      const key = { ...rest, device: undefined };
      rows.push(archive.put(roomId, eventId, key));
      rows.push(closedGap(roomId, eventId));
      rows.push(...backup.rowsFor([{ roomId, eventId, key }]));
      found.push(eventId);
    }
    if (found.length === 0) return;
    await ports.store.write(rows);
    emit({ what: "keys", roomId, eventIds: found });
  }
}
