import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { StateMap } from "../../core/state/state_map.ts";
import type { GraphStep } from "../../federation/perform/import_graph.ts";
import type { AppendLog } from "../postgres/append_log.ts";
import type { EventRow, Outcome } from "../postgres/event_rows.ts";
import { currentState, type CurrentStateRow, headMoves } from "../postgres/room_rows.ts";
import type { TaggedRow } from "../postgres/row_kind.ts";
import type { Sql } from "../postgres/sql.ts";
import { nextStateGroup, type StateGroupRow, stateGroups } from "../postgres/state_groups.ts";
import { remoteUseRows } from "../services/media/remote/remote_use_rows.ts";
import { controlRow, currentStateRow } from "../rooms/control_tip.ts";

const EVENTS_PER_ENTRY = 500;
const STATE_ROWS_PER_ENTRY = 2000;
/** Entries handed to the log and not yet stored. */
const ENTRIES_AHEAD = 4;

interface Staged {
  readonly step: GraphStep;
  readonly group: StateGroupRow | { readonly snapshotOf: StateMap };
}

export interface ImportEnd {
  readonly heads: readonly EventId[];
  readonly state: StateMap;
  /** Stored with the heads: what makes the room what it is here. */
  readonly rows: readonly TaggedRow[];
}

/**
 * A verified control graph on its way into the store. Nothing is written before all of it is
 * verified; the heads come last, so that a crash leaves a room that nobody can open.
 */
export class StagedImport {
  readonly #deps: { readonly sql: Sql; readonly log: AppendLog };
  readonly #roomId: RoomId;
  readonly #receivedTs: number;
  readonly #staged: Staged[] = [];
  readonly #depths = new Map<EventId, number>();

  constructor(
    deps: { readonly sql: Sql; readonly log: AppendLog },
    room: { readonly roomId: RoomId; readonly receivedTs: number },
  ) {
    this.#deps = deps;
    this.#roomId = room.roomId;
    this.#receivedTs = room.receivedTs;
  }

  take(step: GraphStep): void {
    const { event, base, beforeBase, after } = step;
    const depth = base === undefined ? undefined : this.#depths.get(base);
    let snapshot = false;
    const group = nextStateGroup({
      roomId: this.#roomId,
      key: event.id,
      ...(base === undefined || depth === undefined ? {} : { base: { key: base, depth } }),
      changed: [...beforeBase.differing(after)].map((
        [type, key],
      ) => [type, key, after.get(type, key)?.id ?? null]),
      size: after.size,
      full: () => {
        // A large state is written out when it is stored, not held as text until then.
        snapshot = true;
        return [];
      },
    });
    this.#depths.set(event.id, group.depth);
    this.#staged.push({ step, group: snapshot ? { snapshotOf: after } : group });
  }

  /** Stores everything. Safe to repeat after a crash. @throws AppendError */
  async commit(end: ImportEnd): Promise<void> {
    const { log } = this.#deps;
    const under: Promise<unknown>[] = [];
    for (let at = 0; at < this.#staged.length; at += EVENTS_PER_ENTRY) {
      const entry = await this.#entryOf(this.#staged.slice(at, at + EVENTS_PER_ENTRY));
      const storing = log.append({ roomId: this.#roomId, ...entry });
      storing.catch(() => undefined);
      under.push(storing);
      if (under.length >= ENTRIES_AHEAD) await under.shift();
    }
    await Promise.all(under);
    await this.#storeState(end.state);
    const former = await this.#formerHeads();
    const heads = new Set<string>(end.heads);
    await log.append({
      roomId: this.#roomId,
      rows: [
        headMoves.of({
          roomId: this.#roomId,
          remove: former.filter((id) => !heads.has(id)),
          add: end.heads,
        }),
        ...end.rows,
      ],
    });
  }

  async #entryOf(staged: readonly Staged[]) {
    const ids = staged.map(({ step }) => step.event.id);
    const held = await this.#heldAmong(ids);
    const events: EventRow[] = [];
    const updates: EventRow[] = [];
    for (const { step: { event } } of staged) {
      const outcome = held.get(event.id);
      const row = controlRow(event, this.#receivedTs);
      if (outcome === undefined) events.push(row);
      else if (outcome !== "accepted") updates.push(row);
    }
    return { events, updates, rows: staged.map((each) => stateGroups.of(this.#groupOf(each))) };
  }

  #groupOf({ step, group }: Staged): StateGroupRow {
    if (!("snapshotOf" in group)) return group;
    return {
      roomId: this.#roomId,
      key: step.event.id,
      depth: 0,
      entries: [...group.snapshotOf.events()].map((event) => [
        event.pdu.type,
        event.pdu.state_key ?? "",
        event.id,
      ]),
    };
  }

  /** From an earlier membership, or an attempt that a crash ended. */
  async #heldAmong(ids: readonly EventId[]): Promise<ReadonlyMap<EventId, Outcome>> {
    const rows = await this.#deps.sql<{ event_id: EventId; outcome: Outcome }[]>`
      select event_id, outcome from events
      where room_id = ${this.#roomId} and event_id = any(${[...ids]})`;
    return new Map(rows.map((row) => [row.event_id, row.outcome]));
  }

  async #formerHeads(): Promise<EventId[]> {
    const [row] = await this.#deps.sql<{ event_ids: EventId[] }[]>`
      select event_ids from graph_heads where room_id = ${this.#roomId} and channel_id = ''`;
    return row?.event_ids ?? [];
  }

  async #storeState(state: StateMap): Promise<void> {
    const { sql, log } = this.#deps;
    const rows: CurrentStateRow[] = [...state.events()].map(currentStateRow);
    const held = await sql<{ type: string; state_key: string }[]>`
      select type, state_key from current_state where room_id = ${this.#roomId}`;
    for (const { type, state_key: stateKey } of held) {
      if (state.get(type, stateKey) === undefined) {
        rows.push({ roomId: this.#roomId, type, stateKey });
      }
    }
    for (let at = 0; at < rows.length; at += STATE_ROWS_PER_ENTRY) {
      await log.append({
        roomId: this.#roomId,
        rows: rows.slice(at, at + STATE_ROWS_PER_ENTRY).map(currentState.of),
      });
    }
    // Pictures that the room shows now; what it showed before is nobody's use.
    const files = [...state.events()].flatMap((event) => remoteUseRows(event, this.#receivedTs));
    for (let at = 0; at < files.length; at += STATE_ROWS_PER_ENTRY) {
      await log.append({
        roomId: this.#roomId,
        rows: files.slice(at, at + STATE_ROWS_PER_ENTRY),
      });
    }
  }
}
