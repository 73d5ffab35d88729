import { selectAuthEvents } from "../../core/auth/select_auth_events.ts";
import { buildControlEvent } from "../../core/event/build.ts";
import type { ControlEvent } from "../../core/event/event.ts";
import type { JsonObject, JsonValue } from "../../core/event/json.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import { serverOf, type UserId } from "../../core/ids/user_id.ts";
import { DEFAULT_EVERYONE_BITS, formatBits } from "../../core/permissions/bits.ts";
import { StateMap } from "../../core/state/state_map.ts";
import { TEST_TS, type TestServer, userId } from "./events.ts";
import { seededRng } from "./seeded_rng.ts";

export interface SignedDraft {
  readonly type: string;
  readonly sender: UserId;
  readonly stateKey: string;
  readonly content: JsonObject;
  /** Default: the last event. */
  readonly prev?: readonly ControlEvent[];
  /** The state that `prev` has; default: that after the last event. */
  readonly before?: StateMap;
}

/** A guild whose control events are really built and signed, one on the other. */
export class SignedRoom {
  readonly events: ControlEvent[] = [];
  readonly #servers: ReadonlyMap<string, TestServer>;
  readonly #rng = seededRng(11);
  state = StateMap.EMPTY;
  ts = TEST_TS;

  private constructor(servers: readonly TestServer[]) {
    this.#servers = new Map(servers.map((server) => [server.name, server]));
  }

  /** Created and owned by `owner` of the first server, open to everybody. */
  static async open(
    servers: readonly [TestServer, ...TestServer[]],
    owner: UserId = userId(`@owner:${servers[0].name}`),
    rule = "public",
  ): Promise<SignedRoom> {
    const room = new SignedRoom(servers);
    const by = { sender: owner, stateKey: "" };
    await room.add({
      ...by,
      type: "m.room.create",
      content: {
        room_version: "og1",
        nonce: "1111111111111111",
        kind: "guild",
        federate: true,
      },
    });
    await room.add({ ...by, type: "m.guild.owner", content: { user: owner } });
    await room.member(owner, owner, { membership: "join" });
    await room.add({
      ...by,
      type: "m.guild.roles",
      content: { everyone: formatBits(DEFAULT_EVERYONE_BITS), roles: {} },
    });
    await room.add({ ...by, type: "m.room.join_rules", content: { rule } });
    return room;
  }

  get roomId(): RoomId {
    return this.events[0]?.roomId as RoomId;
  }

  /** Builds and signs without adding. */
  async build(draft: SignedDraft): Promise<ControlEvent> {
    const signer = this.#servers.get(serverOf(draft.sender))?.signer;
    if (signer === undefined) throw new Error(`no key of ${draft.sender}`);
    const last = this.events.at(-1);
    const prev: readonly ControlEvent[] = draft.prev ?? (last === undefined ? [] : [last]);
    const { type, sender, stateKey, content } = draft;
    const judged = { type, sender, state_key: stateKey, content };
    return await buildControlEvent({
      type,
      sender,
      stateKey,
      content,
      originTs: ++this.ts,
      ...(last === undefined ? {} : { roomId: last.roomId }),
      prevEvents: prev.map((event): EventId => event.id),
      authEvents: last === undefined ? [] : selectAuthEvents(judged, draft.before ?? this.state),
    }, { signer, rng: this.#rng });
  }

  async add(draft: SignedDraft): Promise<ControlEvent> {
    const event = await this.build(draft);
    this.events.push(event);
    this.state = this.state.with(event);
    return event;
  }

  member(sender: UserId, target: UserId, content: JsonObject): Promise<ControlEvent> {
    return this.add({ type: "m.room.member", sender, stateKey: target, content });
  }

  /** As a server hands them out. */
  pdus(events: readonly ControlEvent[] = this.events): JsonValue[] {
    return events.map((event) => event.pdu as unknown as JsonValue);
  }
}
