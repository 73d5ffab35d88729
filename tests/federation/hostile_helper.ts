import { selectAuthEvents } from "../../core/auth/select_auth_events.ts";
import type { KeyWord } from "../../core/api/federation/shapes.ts";
import { type ControlEvent, isControlEvent } from "../../core/event/event.ts";
import type { JsonObject, JsonValue } from "../../core/event/json.ts";
import { parsePduValue } from "../../core/event/parse_pdu.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { type KeyEntry, keyIdOf } from "../../core/keys/key_entry.ts";
import { stateHash } from "../../core/state/state_hash.ts";
import type { HostilePeer } from "./hostile_peer.ts";
import { type ShadowRoom, wire } from "./shadow_room.ts";

export interface HelperParts {
  readonly peer: HostilePeer;
  /** What it gives as the room's graph, true or not. */
  readonly room: ShadowRoom;
  /** In whose name it invites. */
  readonly host: UserId;
  /** The servers that it names as being in the room. */
  readonly servers: readonly string[];
}

/**
 * A hostile server as the one through which others come into a room: it invites whoever shows its
 * link, takes any join, and gives the graph that it wants to be believed.
 */
export class HostileHelper {
  readonly #parts: HelperParts;

  constructor(parts: HelperParts) {
    this.#parts = parts;
    const { peer } = parts;
    peer.answers.set("/_federation/invite/redeem", ({ body }) => this.#redeem(read(body)));
    peer.answers.set("/_federation/make_membership", ({ body }) => this.#place(read(body)));
    peer.answers.set("/_federation/send_membership", ({ body }) => this.#take(read(body)));
    peer.answers.set("/_federation/control", () => this.#control());
    peer.answers.set("/_federation/heads", () => this.#heads());
  }

  /** What is said in a channel, newest first, as it gives it to whoever reads back. */
  give(channelId: ChannelId): void {
    this.#parts.peer.answers.set("/_federation/backfill", ({ target }) => {
      const asked = new URL(target, "http://x").searchParams.get("channel_id");
      const { events } = this.#parts.room;
      const pdus = asked === channelId
        ? [...events.values()].filter(({ pdu }) => "channel_id" in pdu).reverse().map(wire)
        : [];
      return { pdus, keys: [] };
    });
  }

  async #redeem(body: JsonObject): Promise<JsonValue> {
    const { room, host, peer } = this.#parts;
    room.learn(
      await room.build({
        type: "m.room.member",
        sender: host,
        stateKey: body["user"] as string,
        content: { membership: "invite" },
        ts: Date.now(),
      }, peer.signer),
    );
    return { room_id: room.roomId, channel_id: null };
  }

  #place(body: JsonObject): JsonValue {
    const { room } = this.#parts;
    const draft = {
      type: "m.room.member",
      sender: body["user"] as UserId,
      state_key: body["user"] as string,
      content: { membership: body["membership"] as string },
    };
    const auth = selectAuthEvents(draft, room.stateAfter(room.heads()));
    return {
      room_id: room.roomId,
      create: wire(this.#create()),
      prev_events: room.heads(),
      auth_events: auth.map((id) => wire(room.events.get(id) as ControlEvent)),
    };
  }

  #take(body: JsonObject): JsonValue {
    const { room, servers } = this.#parts;
    const parsed = parsePduValue(body["pdu"] as JsonValue);
    if (parsed.kind === "event" && isControlEvent(parsed.event)) room.learn(parsed.event);
    return {
      pdu: body["pdu"] as JsonValue,
      heads: room.heads(),
      state: room.control().filter(({ pdu }) => pdu.state_key !== undefined).map(wire),
      channels: this.#channels(),
      members: 2,
      control_events: room.control().length,
      servers: [...servers],
      keys: [],
    };
  }

  #control(): JsonValue {
    const { room } = this.#parts;
    return { pdus: room.control().map(wire), keys: [], next: null, total: room.control().length };
  }

  #heads(): JsonValue {
    const { room } = this.#parts;
    const control = room.heads();
    return { control, state_hash: stateHash(room.stateAfter(control)), channels: this.#channels() };
  }

  #channels(): JsonObject {
    const { room } = this.#parts;
    const ids = new Set(
      [...room.events.values()].flatMap(({ pdu }) => "channel_id" in pdu ? [pdu.channel_id] : []),
    );
    return Object.fromEntries([...ids].map((id) => [id, room.channelHeads(id)]));
  }

  #create(): ControlEvent {
    const create = this.#parts.room.control().find(({ pdu }) => pdu.type === "m.room.create");
    if (create === undefined) throw new Error("a room has a create event");
    return create;
  }
}

/** Has a peer say of entries of other servers how it holds them. */
export function swear(
  peer: HostilePeer,
  entries: readonly KeyEntry[],
  word: KeyWord["word"] = "own",
): void {
  peer.answers.set("/_federation/keys", ({ body }) => {
    const names = read(body)["names"] as readonly { server: string; key_id: string }[];
    const held = new Set(entries.map((entry) => keyIdOf(entry) as string));
    return {
      keys: entries.map((entry) => ({
        entry: { ...entry },
        vouched_by: null,
        voucher_signature: null,
      })),
      words: names.map(({ server, key_id }) => ({
        server,
        key_id,
        word: held.has(key_id) ? word : "none",
      })),
      checking: false,
    };
  });
}

function read(body: Uint8Array): JsonObject {
  return JSON.parse(new TextDecoder().decode(body));
}
