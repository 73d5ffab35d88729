import type { ControlEvent } from "../../core/event/event.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { Authority } from "../../core/permissions/authority.ts";
import { AuthGraph } from "../../core/state/auth_graph.ts";
import { resolve } from "../../core/state/resolve.ts";
import { stateKeyOf, StateMap } from "../../core/state/state_map.ts";
import type { AuthorityNeeds } from "../../federation/handle/ports.ts";
import { remember, type Remembered } from "../../federation/remember.ts";
import { loadEvents } from "../postgres/event_store.ts";
import type { Sql } from "../postgres/sql.ts";
import { loadStateGroup } from "../postgres/state_groups.ts";
import { heldOf, loadControlGraph } from "../rooms/load_room.ts";

/** States kept as lists of ids; one of 20,000 keys is about 3 MB. */
const INDEXES_MAX = 16;
/** Resolved states kept. */
const STATES_MAX = 4;

type Index = ReadonlyMap<string, EventId>;

/**
 * What users could do in an old state of a room, without loading all of it: of each state only
 * the entries that decide about these users are read. Where several states meet and differ there,
 * they are resolved. PROTOCOL.md 2 and 7.
 */
export class StatesAt {
  readonly #sql: Sql;
  readonly #indexes: Remembered<Index | undefined> = new Map();
  readonly #resolved: Remembered<StateMap | undefined> = new Map();

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Undefined where one of the states is not held, or too much is in conflict to be resolved now. */
  async authorityAt(
    room: { readonly id: RoomId; readonly authority: Authority },
    refs: readonly EventId[],
    needs: AuthorityNeeds,
  ): Promise<Authority | undefined> {
    const indexes: Index[] = [];
    for (const ref of refs) {
      const index = await this.#index(room.id, ref);
      if (index === undefined) return undefined;
      indexes.push(index);
    }
    const [first] = indexes;
    if (first === undefined) return undefined;
    const keys = keysOf(needs);
    if (indexes.some((index) => keys.some((key) => index.get(key) !== first.get(key)))) {
      const state = await this.#resolve(room, refs, indexes);
      return state === undefined ? undefined : room.authority.over(state);
    }
    const ids = keys.flatMap((key) => first.get(key) ?? []);
    return room.authority.over(StateMap.from(await this.#events(room.id, ids)));
  }

  #index(roomId: RoomId, ref: EventId): Promise<Index | undefined> {
    return remember(this.#indexes, { key: `${roomId} ${ref}`, max: INDEXES_MAX }, async () => {
      const group = await loadStateGroup(this.#sql, roomId, ref);
      if (group === undefined) return undefined;
      return new Map(group.entries.map(([type, key, id]) => [stateKeyOf(type, key), id]));
    });
  }

  #resolve(
    room: { readonly id: RoomId; readonly authority: Authority },
    refs: readonly EventId[],
    indexes: readonly Index[],
  ): Promise<StateMap | undefined> {
    const key = `${room.id} ${[...refs].sort().join()}`;
    return remember(this.#resolved, { key, max: STATES_MAX }, async () => {
      const held = await loadControlGraph(this.#sql, room.id);
      const states: StateMap[] = [];
      for (const index of indexes) {
        const events = [...index.values()].map((id) => held.get(id));
        if (events.includes(undefined)) return undefined;
        states.push(StateMap.from(events as ControlEvent[]));
      }
      const graph = new AuthGraph({ get: (id) => held.get(id) }, room.authority.room);
      const resolution = resolve(states, { graph });
      return resolution.kind === "resolved" ? resolution.state : undefined;
    });
  }

  async #events(roomId: RoomId, ids: readonly EventId[]): Promise<ControlEvent[]> {
    return (await loadEvents(this.#sql, roomId, ids)).map((row) => heldOf(row) as ControlEvent);
  }
}

/** Everything that `rights` reads about these users in this channel. PROTOCOL.md 4. */
function keysOf({ channelId, users }: AuthorityNeeds): string[] {
  return [
    stateKeyOf("m.guild.owner", ""),
    stateKeyOf("m.guild.roles", ""),
    stateKeyOf("m.channel.policy", channelId),
    ...users.flatMap((user) => [
      stateKeyOf("m.room.member", user),
      stateKeyOf("m.guild.member_roles", user),
      stateKeyOf("m.room.timeout", user),
    ]),
  ];
}
