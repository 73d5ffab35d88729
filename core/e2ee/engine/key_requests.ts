import { type EventId, parseEventId } from "../../ids/event_id.ts";
import { parseRoomId, type RoomId } from "../../ids/room_id.ts";
import type { ArchivedKey } from "../backup_entries.ts";
import { base64Of, fromBase64 } from "../bytes.ts";
import { readCertificate } from "../certificate.ts";
import {
  answerKeyRequest,
  isSignedBy,
  makeKeyRequest,
  MAX_ASKED_EVENTS,
  openKeyAnswer,
  type OpenRequest,
  readKeyAnswer,
  readKeyRequest,
  type SignedMessage,
} from "../key_request.ts";
import type { Archive } from "./archive.ts";
import type { BackupQueue } from "./backup_queue.ts";
import type { ToDeviceItem } from "./calls.ts";
import type { OwnDevice } from "./own_device.ts";
import type { EnginePorts, StoreChange } from "./ports.ts";
import { goneRow } from "./rows.ts";
import type { Trust } from "./trust.ts";
import type { EngineChange } from "./types.ts";

/** A room asks again after this time without an answer (ms). */
const PATIENCE_MS = 60_000;
/** Requests whose answer may still come. */
const MAX_OPEN = 50;
/** Events that were asked for in this life of the device: none twice. */
const MAX_ASKED = 20_000;
/** Answers to one device within `ANSWER_WINDOW_MS`: enough for a conversation, too few to flood. */
const MAX_ANSWERS = 300;
const ANSWER_WINDOW_MS = 600_000;

export interface KeyRequestsParts {
  readonly ports: EnginePorts;
  readonly device: OwnDevice;
  readonly trust: Trust;
  readonly archive: Archive;
  readonly backup: BackupQueue;
  emit(change: EngineChange): void;
}

interface Waiting {
  readonly open: OpenRequest;
  readonly roomId: RoomId;
  readonly atMs: number;
}

/**
 * Keys that this device missed are asked of the user's other devices, some at a time, as long as
 * answers come; and theirs are answered, to certified devices of this user alone.
 */
export class KeyRequests {
  readonly #waiting = new Map<string, Waiting>();
  readonly #asked = new Set<string>();
  readonly #answers = new Map<string, { sinceMs: number; count: number }>();

  constructor(readonly parts: KeyRequestsParts) {}

  /** Asks for some keys of a room, unless an answer is awaited. */
  async ask(roomId: string): Promise<void> {
    const { ports, device } = this.parts;
    const room = parseRoomId(roomId);
    if (device.phase !== "ready" || room === undefined || this.#isWaiting(roomId)) return;
    const eventIds = await this.#wanted(roomId);
    if (eventIds.length === 0) return;
    const open = await makeKeyRequest(device.keys, { roomId: room, eventIds }, ports.rng);
    const { devices } = await ports.transport.call("sendToDevice", {
      body: {
        user_id: device.userId,
        device_id: "*",
        kind: "keys.request",
        body: base64Of(open.request.bytes),
      },
    });
    // Without another device there is nobody to ask, now; another one may come.
    if (devices === 0) return;
    for (const eventId of eventIds) this.#asked.add(eventId);
    this.#await(open, room);
  }

  #isWaiting(roomId: string): boolean {
    const nowMs = this.parts.ports.clock.now();
    for (const [id, waiting] of this.#waiting) {
      if (waiting.atMs + PATIENCE_MS <= nowMs) this.#waiting.delete(id);
      else if (waiting.roomId === roomId) return true;
    }
    return false;
  }

  #await(open: OpenRequest, roomId: RoomId): void {
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size >= MAX_OPEN && oldest !== undefined) this.#waiting.delete(oldest);
    const atMs = this.parts.ports.clock.now();
    this.#waiting.set(base64Of(open.request.id), { open, roomId, atMs });
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
    const prefix = `${roomId}/`;
    for (const { key } of await ports.store.list("gaps", { prefix })) {
      if (take(key.slice(prefix.length))) return wanted;
    }
    for await (const eventId of archive.unread(roomId)) if (take(eventId)) return wanted;
    return wanted;
  }

  /** Takes a message out of the inbox. @returns false where it is of another kind */
  async receive(item: ToDeviceItem): Promise<boolean> {
    if (item.kind !== "keys.request" && item.kind !== "keys.answer") return false;
    const bytes = fromBase64(item.body);
    const { device } = this.parts;
    const ours = item.from === device.userId && item.from_device !== device.id;
    if (bytes === undefined || !ours || device.phase !== "ready") return true;
    if (item.kind === "keys.request") await this.#answer(item, bytes);
    else await this.#take(item, bytes);
    return true;
  }

  async #answer(item: ToDeviceItem, bytes: Uint8Array): Promise<void> {
    const { ports, device, archive } = this.parts;
    const request = readKeyRequest(bytes);
    if (request === undefined || !await this.#isOwn(item, request)) return;
    const keys: ArchivedKey[] = [];
    for (const eventId of request.eventIds) {
      const found = await archive.get(request.roomId, eventId);
      if (found !== undefined && !("fault" in found)) keys.push({ eventId, ...found });
    }
    if (keys.length === 0 || !this.#mayAnswer(item.from_device ?? "")) return;
    const answer = await answerKeyRequest(device.keys, request, { keys, rng: ports.rng });
    if (answer === undefined) return;
    await ports.transport.call("sendToDevice", {
      body: {
        user_id: device.userId,
        device_id: item.from_device ?? "",
        kind: "keys.answer",
        body: base64Of(answer),
      },
    });
  }

  #mayAnswer(deviceId: string): boolean {
    const nowMs = this.parts.ports.clock.now();
    const before = this.#answers.get(deviceId);
    const fresh = before === undefined || before.sinceMs + ANSWER_WINDOW_MS <= nowMs;
    const now = fresh ? { sinceMs: nowMs, count: 0 } : before;
    now.count++;
    this.#answers.set(deviceId, now);
    return now.count <= MAX_ANSWERS;
  }

  /** Whether the user's own identity certifies the sender, which has signed, and is no device that is gone. */
  async #isOwn(item: ToDeviceItem, message: SignedMessage): Promise<boolean> {
    const { ports, device, trust } = this.parts;
    const shown = readCertificate(message.certificate);
    if (shown === undefined) return false;
    const certificate = await trust.certificateOf(message.certificate, shown.signatureKey, {
      fresh: true,
    });
    if (certificate?.user !== device.userId || certificate.device !== item.from_device) {
      return false;
    }
    const pin = trust.pin(device.userId);
    if (pin?.verified !== true || pin.msk !== base64Of(certificate.msk)) return false;
    const { verifier } = trust.parts;
    if (!await isSignedBy(message, certificate.signatureKey, verifier)) return false;
    const { users } = await ports.transport.call("queryIdentities", {
      body: { users: [device.userId] },
    });
    const text = base64Of(message.certificate);
    return users[0]?.devices.some((one) => one.certificate === text) ?? false;
  }

  async #take(item: ToDeviceItem, bytes: Uint8Array): Promise<void> {
    const answer = readKeyAnswer(bytes);
    const id = answer && base64Of(answer.id);
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (answer === undefined || id === undefined || waiting === undefined) return;
    if (!await this.#isOwn(item, answer)) return;
    const keys = await openKeyAnswer(waiting.open, answer);
    if (keys === undefined) return;
    this.#waiting.delete(id);
    await this.#keep(waiting.roomId, keys);
    await this.ask(waiting.roomId);
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
      rows.push(goneRow("gaps", `${roomId}/${eventId}`));
      rows.push(...backup.rowsFor([{ roomId, eventId, key }]));
      found.push(eventId);
    }
    if (found.length === 0) return;
    await ports.store.write(rows);
    emit({ what: "keys", roomId, eventIds: found });
  }
}
