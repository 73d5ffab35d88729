import type { Group } from "../../mls/group.ts";
import type { Mls } from "../../mls/mls.ts";
import { delta, snapshot } from "../../mls/snapshot.ts";
import { base64Of, fromBase64 } from "../bytes.ts";
import type { Receipt } from "./calls.ts";
import type { DeviceStore, StoreChange } from "./ports.ts";
import { goneRow, jsonRow, readJsonRow } from "./rows.ts";
import type { HealthProblem, RoomKind } from "./types.ts";

/** What is kept of a room beside its group. */
export interface RoomMeta {
  /** Whose room it is, as a person saw it. */
  readonly expected?: RoomKind;
  /** Encryption of it was begun, by whomever: it is never plain again. */
  readonly encrypted: boolean;
  /** First epoch that this device was in, since it came in last. */
  readonly joinedEpoch?: number | undefined;
  /** Where the key feed goes on. */
  readonly feedAfter?: number;
  /** Messages sealed since this device's own keys in the group were renewed. */
  readonly sealed: number;
  /** When that was, in ms. */
  readonly renewedMs: number;
  /** When it is to be renewed at the latest, in ms. */
  readonly renewMs: number;
  /** Times of the last rejoins, in ms. */
  readonly rejoins: readonly number[];
  /** Of those that another device's useless commit made necessary. */
  readonly forced?: readonly number[];
  /** Rows of changed nodes after the snapshot. */
  readonly deltas: number;
  readonly order?: OrderMeta;
  /** What was found out, the latest first. */
  readonly problems?: readonly HealthProblem[];
}

/** What is kept of who orders the group. */
export interface OrderMeta {
  /** The server that ordered it at first, as it was first said. */
  readonly first: string;
  /** The last receipt that was taken. */
  readonly last?: Receipt;
  /** Its signature was verified. */
  readonly checked: boolean;
  /** The epoch from which the last successor ordered it. */
  readonly fork?: number;
}

/** A commit that was handed to the server and has no receipt yet. */
export interface Pending {
  /** SHA-256 of the commit, base64. */
  readonly hash: string;
  readonly authHash: string;
  /** Epoch that it changes; -1: it makes the group. */
  readonly baseEpoch: number;
  readonly external: boolean;
  /** The body of the call, to be sent again as it is. */
  readonly body: unknown;
  /** The group after it. */
  readonly group: Group;
}

type PendingRow = Omit<Pending, "group"> & { readonly group: string };

export const NEW_ROOM: RoomMeta = {
  encrypted: false,
  sealed: 0,
  renewedMs: 0,
  renewMs: 0,
  rejoins: [],
  deltas: 0,
};

/** After so many rows of changed nodes a snapshot is quicker to read. */
const MAX_DELTAS = 200;

export interface RoomRows {
  readonly meta: RoomMeta;
  readonly group: Group | undefined;
  readonly pending: Pending | undefined;
}

/** What a step changes. `null` takes a thing away; what is left out stays. */
export interface RoomStep {
  readonly meta?: Partial<RoomMeta>;
  readonly group?: Group | null;
  readonly pending?: Pending | null;
}

const metaKey = (room: string) => `${room}/meta`;
const groupKey = (room: string) => `${room}/group`;
const pendingKey = (room: string) => `${room}/pending`;
const deltaKey = (room: string, at: number) => `${room}/node/${String(at).padStart(4, "0")}`;

/** A room's rows: a snapshot of its group per epoch, and the few nodes that messages change. */
export class RoomStore {
  constructor(readonly store: DeviceStore, readonly mls: Mls) {}

  async load(roomId: string): Promise<RoomRows> {
    const rows = new Map(
      (await this.store.list("groups", { prefix: `${roomId}/` }))
        .map(({ key, value }) => [key, value] as const),
    );
    const metaBytes = rows.get(metaKey(roomId));
    const meta = metaBytes === undefined ? NEW_ROOM : readJsonRow<RoomMeta>(metaBytes);
    const whole = rows.get(groupKey(roomId));
    const deltas = Array.from({ length: meta.deltas }, (_, at) => {
      const bytes = rows.get(deltaKey(roomId, at + 1));
      if (bytes === undefined) throw new Error(`Row ${at + 1} of a group's ${meta.deltas} is gone`);
      return bytes;
    });
    const group = whole && this.mls.restore(whole, deltas);
    const pendingBytes = rows.get(pendingKey(roomId));
    const pending = pendingBytes && this.#readPending(readJsonRow<PendingRow>(pendingBytes));
    return { meta, group, pending };
  }

  #readPending(row: PendingRow): Pending {
    const bytes = fromBase64(row.group);
    if (bytes === undefined) throw new Error("A pending group in the device's store is damaged");
    return { ...row, group: this.mls.restore(bytes) };
  }

  /** The rows of a step, to be written in one batch with whatever belongs to it. */
  rowsOf(
    roomId: string,
    before: RoomRows,
    step: RoomStep,
  ): { rows: StoreChange[]; after: RoomRows } {
    const rows: StoreChange[] = [];
    const group = step.group === undefined ? before.group : step.group ?? undefined;
    let { deltas } = before.meta;
    if (group !== before.group) {
      const small = group && before.group && deltas < MAX_DELTAS
        ? delta(before.group, group)
        : undefined;
      if (small !== undefined) {
        deltas++;
        rows.push({ table: "groups", key: deltaKey(roomId, deltas), value: small });
      } else {
        for (let at = 1; at <= deltas; at++) rows.push(goneRow("groups", deltaKey(roomId, at)));
        deltas = 0;
        rows.push({ table: "groups", key: groupKey(roomId), value: group && snapshot(group) });
      }
    }
    const meta = { ...before.meta, ...step.meta, deltas };
    rows.push(jsonRow("groups", metaKey(roomId), meta));
    const pending = step.pending === undefined ? before.pending : step.pending ?? undefined;
    if (pending !== before.pending) {
      rows.push(
        pending === undefined
          ? goneRow("groups", pendingKey(roomId))
          : jsonRow("groups", pendingKey(roomId), this.#pendingRow(pending)),
      );
    }
    return { rows, after: { meta, group, pending } };
  }

  #pendingRow(pending: Pending): PendingRow {
    return { ...pending, group: base64Of(snapshot(pending.group)) };
  }
}
