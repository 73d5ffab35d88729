import {
  PresenceEdu,
  ProfileEdu,
  ReadEdu,
  RelationshipEdu,
  TypingEdu,
} from "../../core/api/federation/edus.ts";
import { DeviceEdu, ToDeviceEdu } from "../../core/api/federation/encryption.ts";
import { GroupEdu } from "../../core/api/federation/groups.ts";
import { parseChannelId } from "../../core/ids/channel_id.ts";
import { fromBase64 } from "../../core/e2ee/bytes.ts";
import { parseDeviceId } from "../../core/ids/device_id.ts";
import { parseEventId } from "../../core/ids/event_id.ts";
import { parseRoomId, type RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { parseUserId, serverOf, type UserId } from "../../core/ids/user_id.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { ChannelRef, EduSink } from "../ports.ts";
import { PRESENCE_KEPT_MS } from "./presence_times.ts";
import type { EduRooms, EduShow } from "./ports.ts";
import { ROOMS_MAX } from "./servers_meeting.ts";

/** EDUs looked at at once, in all and of one server; beyond it they are dropped. */
const PENDING_MAX = 1000;
const PENDING_PER_SERVER = 200;

export interface ReceiveDeps {
  readonly rooms: EduRooms;
  readonly show: EduShow;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
}

interface Arrived {
  readonly origin: ServerName;
  readonly content: unknown;
}

/**
 * Takes in what others say beside events. Each is its origin's own word about its own user, who
 * must be where it is said; anything else, and every type that is not known, is ignored without
 * a word. PROTOCOL.md 10 (EDUs).
 */
export class EduReceiver implements EduSink {
  readonly #deps: ReceiveDeps;
  readonly #pending = new Map<ServerName, number>();
  #pendingInAll = 0;

  constructor(deps: ReceiveDeps) {
    this.#deps = deps;
  }

  /** Nothing is being looked at. */
  get isIdle(): boolean {
    return this.#pendingInAll === 0;
  }

  receive(origin: ServerName, edu: { readonly type: string; readonly content: unknown }): void {
    const work = this.#workFor(edu.type, { origin, content: edu.content });
    if (work === undefined) return;
    const mine = this.#pending.get(origin) ?? 0;
    if (mine >= PENDING_PER_SERVER || this.#pendingInAll >= PENDING_MAX) return;
    this.#pending.set(origin, mine + 1);
    this.#pendingInAll++;
    void work().catch((error) =>
      this.#deps.log.log("warn", "An EDU could not be shown.", { origin, type: edu.type, error })
    ).finally(() => {
      this.#pendingInAll--;
      const left = (this.#pending.get(origin) ?? 1) - 1;
      if (left === 0) this.#pending.delete(origin);
      else this.#pending.set(origin, left);
    });
  }

  #workFor(type: string, arrived: Arrived): (() => Promise<void>) | undefined {
    switch (type) {
      case "m.typing":
        return () => this.#typing(arrived);
      case "m.read":
        return () => this.#read(arrived);
      case "m.presence":
        return () => this.#presence(arrived);
      case "m.profile":
        return () => this.#profile(arrived);
      case "m.relationship":
        return () => this.#relationship(arrived);
      case "m.device":
        return () => this.#device(arrived);
      case "m.group":
        return () => this.#group(arrived);
      case "m.to_device":
        return () => this.#toDevice(arrived);
      default:
        return undefined;
    }
  }

  async #typing({ origin, content }: Arrived): Promise<void> {
    const edu = TypingEdu.safeParse(content).data;
    const place = edu?.typing === true ? await this.#placeOf(origin, edu) : undefined;
    if (edu === undefined || place === undefined) return;
    const threadId = edu.thread_id === undefined ? undefined : parseEventId(edu.thread_id);
    if (edu.thread_id !== undefined && threadId === undefined) return;
    this.#deps.show.typing(place.user, { ...place.channel, threadId });
  }

  async #read({ origin, content }: Arrived): Promise<void> {
    const edu = ReadEdu.safeParse(content).data;
    const eventId = edu === undefined ? undefined : parseEventId(edu.event_id);
    if (edu === undefined || eventId === undefined) return;
    const place = await this.#placeOf(origin, edu);
    if (place !== undefined) await this.#deps.show.read(place.user, place.channel, eventId);
  }

  async #presence({ origin, content }: Arrived): Promise<void> {
    const edu = PresenceEdu.safeParse(content).data;
    const user = edu === undefined ? undefined : ownUser(origin, edu.user);
    if (edu === undefined || user === undefined || !await this.#isMet(user)) return;
    this.#deps.show.presence(user, edu.presence, PRESENCE_KEPT_MS);
  }

  async #profile({ origin, content }: Arrived): Promise<void> {
    const edu = ProfileEdu.safeParse(content).data;
    const user = edu === undefined ? undefined : ownUser(origin, edu.user);
    if (user !== undefined && await this.#isMet(user)) this.#deps.show.profile(user);
  }

  /**
   * Somebody whom nobody here shares a room or a friendship with is nobody's business. A room whose
   * list shuts their server out brings them together with nobody, as when this server sends.
   */
  async #isMet(user: UserId): Promise<boolean> {
    const { rooms } = this.#deps;
    return await this.#isLetInto(await rooms.joinedRooms(user, ROOMS_MAX), serverOf(user)) ||
      await rooms.isFriendHere(user);
  }

  async #isLetInto(roomIds: readonly RoomId[], server: ServerName): Promise<boolean> {
    for (const roomId of roomIds) {
      if ((await this.#deps.rooms.authority(roomId))?.letsIn(server) === true) return true;
    }
    return false;
  }

  async #relationship({ origin, content }: Arrived): Promise<void> {
    const edu = RelationshipEdu.safeParse(content).data;
    const from = edu === undefined ? undefined : ownUser(origin, edu.from);
    const to = edu === undefined ? undefined : parseUserId(edu.to);
    if (edu === undefined || from === undefined || to === undefined) return;
    await this.#deps.show.relationship({ from, to, word: edu.action });
  }

  /** What is not held here need not be forgotten. */
  async #device({ origin, content }: Arrived): Promise<void> {
    const edu = DeviceEdu.safeParse(content).data;
    const user = edu === undefined ? undefined : ownUser(origin, edu.user);
    if (edu === undefined || user === undefined) return;
    await this.#deps.show.devices(user, edu.version);
  }

  /** A hint: what is new is asked for, and proven by receipts. */
  async #group({ origin, content }: Arrived): Promise<void> {
    const edu = GroupEdu.safeParse(content).data;
    const roomId = edu === undefined ? undefined : parseRoomId(edu.room_id);
    if (edu === undefined || roomId === undefined) return;
    const authority = await this.#deps.rooms.authority(roomId);
    if (authority?.letsIn(origin) !== true) return;
    if (!authority.joinedServers().has(origin)) return;
    await this.#deps.show.group({ server: origin, roomId, term: edu.term, epoch: edu.epoch });
  }

  async #toDevice({ origin, content }: Arrived): Promise<void> {
    const edu = ToDeviceEdu.safeParse(content).data;
    const from = edu === undefined ? undefined : ownUser(origin, edu.from);
    const to = edu === undefined ? undefined : parseUserId(edu.to);
    if (edu === undefined || from === undefined || to === undefined) return;
    const device = edu.device === "*" ? "*" : parseDeviceId(edu.device);
    const body = fromBase64(edu.body);
    if (device === undefined || body === undefined) return;
    const { rooms } = this.#deps;
    const shared = await rooms.sharedRooms([to, from], ROOMS_MAX);
    if (!await this.#isLetInto(shared, origin) && !await rooms.isFriendHere(from, to)) return;
    const fromDevice = edu.from_device === null ? null : parseDeviceId(edu.from_device) ?? null;
    await this.#deps.show.toDevice({ from, fromDevice, to, device, kind: edu.kind, body });
  }

  /** Undefined unless it is the origin's joined user, who may see the channel. */
  async #placeOf(
    origin: ServerName,
    edu: { readonly room_id: string; readonly channel_id: string; readonly user: string },
  ): Promise<{ readonly user: UserId; readonly channel: ChannelRef } | undefined> {
    const user = ownUser(origin, edu.user);
    const roomId = parseRoomId(edu.room_id);
    const channelId = parseChannelId(edu.channel_id);
    if (user === undefined || roomId === undefined || channelId === undefined) return undefined;
    const authority = await this.#deps.rooms.authority(roomId);
    if (authority?.letsIn(origin) !== true) return undefined;
    const at = { atTs: this.#deps.clock.now(), channelId };
    if (!authority.has(user, "VIEW_CHANNEL", at)) return undefined;
    return { user, channel: { roomId, channelId } };
  }
}

function ownUser(origin: ServerName, raw: string): UserId | undefined {
  const user = parseUserId(raw);
  return user !== undefined && serverOf(user) === origin ? user : undefined;
}
