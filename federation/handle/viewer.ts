import type { HeldEvent, TimelineEvent } from "../../core/event/event.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { serverOf, type UserId } from "../../core/ids/user_id.ts";
import { isHistoryJoined } from "../../core/permissions/joined_history.ts";
import { belongs, isInRoom } from "./open_room.ts";
import type { ReadableRoom } from "./ports.ts";

/** Users looked up in an old state at once; whoever of them could see decides. */
const USERS_PER_LOOK = 256;
/** States of one answer that are remembered; a page cites few. */
const STATES_MAX = 1000;

/**
 * What one server may be told of one channel: something at all only if one of its joined users
 * has VIEW_CHANNEL there now, and of what was said before also READ_HISTORY; and where history
 * is for those who were there, that user must have had VIEW_CHANNEL at the event's `state_refs`.
 * PROTOCOL.md 2 (who receives).
 */
export class Viewer {
  readonly #room: ReadableRoom;
  readonly #channelId: ChannelId;
  readonly #readers: readonly UserId[];
  readonly #joinedOnly: boolean;
  readonly #seenAt = new Map<string, Promise<boolean>>();

  private constructor(
    room: ReadableRoom,
    channelId: ChannelId,
    readers: readonly UserId[],
  ) {
    this.#room = room;
    this.#channelId = channelId;
    this.#readers = readers;
    this.#joinedOnly = isHistoryJoined(room.authority);
  }

  /** Undefined where the server may not even know that anything is said there. */
  static of(
    room: ReadableRoom,
    at: { readonly server: ServerName; readonly channelId: ChannelId; readonly nowMs: number },
  ): Viewer | undefined {
    const { server, channelId, nowMs } = at;
    const { authority } = room;
    if (!isInRoom(room, server)) return undefined;
    let views = false;
    const readers: UserId[] = [];
    for (const user of authority.viewersOf(channelId)) {
      if (serverOf(user) !== server || !belongs(room, user)) continue;
      views = true;
      if (authority.has(user, "READ_HISTORY", { atTs: nowMs, channelId })) readers.push(user);
    }
    return views ? new Viewer(room, channelId, readers) : undefined;
  }

  /** Whether an old event may be given out; `served` was looked at by the caller. */
  async mayRead(event: HeldEvent): Promise<boolean> {
    if (!("channel_id" in event.pdu) || event.pdu.channel_id !== this.#channelId) return false;
    if (this.#readers.length === 0) return false;
    return !this.#joinedOnly || await this.#wasThere(event as TimelineEvent);
  }

  #wasThere({ pdu }: TimelineEvent): Promise<boolean> {
    const key = pdu.state_refs.join();
    const known = this.#seenAt.get(key);
    if (known !== undefined) return known;
    const answer = this.#couldSeeAt(pdu.state_refs, pdu.origin_ts);
    if (this.#seenAt.size < STATES_MAX) this.#seenAt.set(key, answer);
    return answer;
  }

  async #couldSeeAt(refs: readonly EventId[], atTs: number): Promise<boolean> {
    for (let at = 0; at < this.#readers.length; at += USERS_PER_LOOK) {
      const users = this.#readers.slice(at, at + USERS_PER_LOOK);
      const needs = { channelId: this.#channelId, users };
      const then = await this.#room.authorityAt(refs, needs);
      if (then === undefined) return false;
      const { channelId } = needs;
      if (users.some((user) => then.has(user, "VIEW_CHANNEL", { atTs, channelId }))) return true;
    }
    return false;
  }
}

/** One viewer a channel, made when asked for. */
export class Viewers {
  readonly #made = new Map<ChannelId, Viewer | undefined>();

  constructor(
    readonly room: ReadableRoom,
    readonly asker: { readonly server: ServerName; readonly nowMs: number },
  ) {}

  in(channelId: ChannelId): Viewer | undefined {
    if (!this.#made.has(channelId)) {
      this.#made.set(channelId, Viewer.of(this.room, { ...this.asker, channelId }));
    }
    return this.#made.get(channelId);
  }

  /** A control event goes to every server of the room, an event of a channel to its readers. */
  async mayRead(event: HeldEvent): Promise<boolean> {
    if (!("channel_id" in event.pdu)) return true;
    return await this.in(event.pdu.channel_id)?.mayRead(event) ?? false;
  }
}
