import assert from "node:assert/strict";
import { backfill, getControl } from "../../core/api/federation/events.ts";
import {
  makeMembership,
  redeemLink,
  sendMembership,
} from "../../core/api/federation/membership.ts";
import { sendTransaction } from "../../core/api/federation/send.ts";
import { selectAuthEvents } from "../../core/auth/select_auth_events.ts";
import { buildControlEvent } from "../../core/event/build.ts";
import { type ControlEvent, type HeldEvent, isControlEvent } from "../../core/event/event.ts";
import type { JsonObject, JsonValue } from "../../core/event/json.ts";
import { parsePduValue } from "../../core/event/parse_pdu.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { StateMap } from "../../core/state/state_map.ts";
import type { HostilePeer, Reply } from "./hostile_peer.ts";
import { type Draft, ShadowRoom, wire } from "./shadow_room.ts";

/** An honest server as a hostile one sees it. */
export interface Victim {
  readonly url: string;
  readonly name: ServerName;
}

/** How the receipt of one PDU ended. */
export interface Result {
  readonly event_id?: string;
  readonly outcome: string;
  readonly reason?: string;
}

/**
 * A user of a hostile server who came into a guild as everybody does, by a link. From here on
 * that server is in the room and may do whatever a member's server can do, and more.
 */
export class Guest {
  readonly peer: HostilePeer;
  readonly victim: Victim;
  readonly user: UserId;
  readonly room: ShadowRoom;

  private constructor(parts: Pick<Guest, "peer" | "victim" | "user" | "room">) {
    this.peer = parts.peer;
    this.victim = parts.victim;
    this.user = parts.user;
    this.room = parts.room;
  }

  /** Redeems the link, joins, and reads the whole control graph. */
  static async enter(peer: HostilePeer, victim: Victim, code: string, name = "mallory") {
    const user = peer.user(name);
    const redeemed = await peer.call(victim, redeemLink, { code, user });
    assert.equal(redeemed.status, 200, JSON.stringify(redeemed.body));
    return await Guest.join(peer, victim, { roomId: redeemed.body.room_id as RoomId, user });
  }

  /** Joins a room that is open to the user, and reads the whole control graph. */
  static async join(
    peer: HostilePeer,
    victim: Victim,
    { roomId, user }: { readonly roomId: RoomId; readonly user: UserId },
  ): Promise<Guest> {
    const { place, join } = await makeJoin(peer, victim, { roomId, user });
    const sent = await peer.call(victim, sendMembership, { room_id: roomId, pdu: wire(join) });
    assert.equal(sent.status, 200, JSON.stringify(sent.body));
    const guest = new Guest({
      peer,
      victim,
      user,
      room: new ShadowRoom(place.create, peer.rng),
    });
    await guest.readControl();
    return guest;
  }

  /** Who is in a room already, of which `room` holds what is known. */
  static of(peer: HostilePeer, victim: Victim, who: Pick<Guest, "user" | "room">): Guest {
    return new Guest({ peer, victim, ...who });
  }

  /** The same guest, speaking to another server of the room. */
  towards(victim: Victim): Guest {
    return new Guest({ peer: this.peer, victim, user: this.user, room: this.room });
  }

  get roomId(): RoomId {
    return this.room.roomId;
  }

  /** Learns the control graph, page by page. */
  async readControl(): Promise<void> {
    for (let from: string | undefined, pages = 0; pages < 100; pages++) {
      const { status, body } = await this.peer.call(this.victim, getControl, {
        room_id: this.roomId,
        limit: 500,
        ...(from === undefined ? {} : { from }),
      });
      assert.equal(status, 200, JSON.stringify(body));
      for (const pdu of body.pdus as JsonValue[]) this.learn(pdu);
      if (body.next === null) return;
      from = body.next;
    }
  }

  /** Learns the last page of a channel. */
  async readChannel(channelId: ChannelId): Promise<readonly HeldEvent[]> {
    const { status, body } = await this.peer.call(this.victim, backfill, {
      room_id: this.roomId,
      channel_id: channelId,
      limit: 100,
    });
    assert.equal(status, 200, JSON.stringify(body));
    return (body.pdus as JsonValue[]).map((pdu) => this.learn(pdu));
  }

  learn(pdu: JsonValue): HeldEvent {
    const parsed = parsePduValue(pdu);
    assert(parsed.kind === "event", JSON.stringify(parsed));
    this.room.learn(parsed.event);
    return parsed.event;
  }

  /** Makes an event of its user's, as `draft` says, signed by its server. */
  async make(draft: Omit<Draft, "ts" | "sender"> & Partial<Draft>): Promise<HeldEvent> {
    return await this.room.build({ ts: Date.now(), sender: this.user, ...draft }, this.peer.signer);
  }

  /** A message of its user's. */
  say(channelId: ChannelId, body: string, rest: Partial<Draft> = {}): Promise<HeldEvent> {
    const content = { msgtype: "text", body };
    return this.make({ type: "m.room.message", channelId, content, ...rest });
  }

  /** Sends events in one transaction, and answers how each fared. */
  async push(pdus: readonly (HeldEvent | JsonValue)[], edus: readonly JsonObject[] = []) {
    const reply = await this.transact({
      pdus: pdus.map((pdu) => isEvent(pdu) ? wire(pdu) : pdu),
      edus: edus as never,
    });
    assert.equal(reply.status, 200, JSON.stringify(reply.body));
    return reply.body.results as Result[];
  }

  /** A transaction with whatever is said of it. */
  transact(fields: Record<string, unknown>): Promise<Reply> {
    return this.peer.call(this.victim, sendTransaction, {
      txn_id: this.peer.rng.bytes(12).toHex(),
      origin: this.peer.name,
      pdus: [],
      edus: [],
      ...fields,
    });
  }
}

function isEvent(value: HeldEvent | JsonValue): value is HeldEvent {
  return typeof value === "object" && value !== null && "pdu" in value && "hash" in value;
}

/** Where a join would stand, and the join there, not sent yet. */
export async function makeJoin(
  peer: HostilePeer,
  victim: Victim,
  who: { readonly roomId: RoomId; readonly user: UserId },
  ownContent?: JsonObject,
): Promise<{ readonly place: { readonly create: ControlEvent }; readonly join: HeldEvent }> {
  const { status, body } = await peer.call(victim, makeMembership, {
    room_id: who.roomId,
    user: who.user,
    membership: "join",
  });
  assert.equal(status, 200, JSON.stringify(body));
  const create = control(body.create);
  const cited = (body.auth_events as JsonValue[]).map(control);
  const content: JsonObject = ownContent ?? {
    membership: "join",
    ...(body.authorised_via === undefined ? {} : { authorised_via: body.authorised_via }),
  };
  const draft = { type: "m.room.member", sender: who.user, content };
  const join = await buildControlEvent({
    ...draft,
    stateKey: who.user,
    roomId: who.roomId,
    originTs: Date.now(),
    prevEvents: body.prev_events as EventId[],
    authEvents: selectAuthEvents({ ...draft, state_key: who.user }, StateMap.from(cited)),
  }, { signer: peer.signer, rng: peer.rng });
  return { place: { create }, join };
}

function control(pdu: JsonValue): ControlEvent {
  const parsed = parsePduValue(pdu);
  assert(parsed.kind === "event" && isControlEvent(parsed.event));
  return parsed.event;
}
