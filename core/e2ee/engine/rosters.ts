import type { Group } from "../../mls/group.ts";
import { readCertificate } from "../certificate.ts";
import { textOf } from "../bytes.ts";
import type { DeviceStore, StoreChange } from "./ports.ts";
import type { RoomBox } from "./room_box.ts";
import { goneRow, jsonRow, readJsonRow } from "./rows.ts";

/** Epochs of a room of which is kept who was in the group when this device sealed in them. */
const MAX_ROSTERS = 500;

/**
 * What a device seals before it hears that somebody came is for them too, so far back: word of it
 * was under way (ms).
 */
const UNHEARD_MS = 120_000;
/** Nobody is given later what was sealed longer ago, unless they were in the group then (ms). */
export const MAX_LATE_MS = 7 * 24 * 3_600_000;

const prefixOf = (roomId: string) => `${roomId}/roster/`;
const keyOf = (roomId: string, epoch: number) =>
  `${prefixOf(roomId)}${String(epoch).padStart(12, "0")}`;

function usersIn(group: Group): ReadonlySet<string> {
  return new Set(
    group.leaves().flatMap(({ credential }) => {
      const certificate = readCertificate(credential);
      return certificate === undefined ? [] : [certificate.user as string];
    }),
  );
}

/** Rows that keep who a message is sealed for: only they are given its key later. */
export async function rosterRows(
  store: DeviceStore,
  roomId: string,
  group: Group,
): Promise<StoreChange[]> {
  const key = keyOf(roomId, group.epoch);
  const users = usersIn(group);
  const known = await store.get("groups", key);
  if (known !== undefined) {
    const before = new Set(readJsonRow<string[]>(known));
    // After a take-over there may be two epochs of one number: who was in both was meant by all.
    const both = [...before].filter((user) => users.has(user));
    return both.length === before.size ? [] : [jsonRow("groups", key, both)];
  }
  const kept = await store.list("groups", { prefix: prefixOf(roomId) });
  const gone = kept.slice(0, Math.max(0, kept.length + 1 - MAX_ROSTERS));
  return [jsonRow("groups", key, [...users]), ...gone.map((row) => goneRow("groups", row.key))];
}

/** Who a message that this device sealed in an epoch was sealed for; nobody where it is forgotten. */
export async function usersOf(
  store: DeviceStore,
  roomId: string,
  epoch: number,
): Promise<readonly string[]> {
  const bytes = await store.get("groups", keyOf(roomId, epoch));
  return bytes === undefined ? [] : readJsonRow<string[]>(bytes);
}

/** By user: since when this device knows of them as a member (ms), and whether a device of theirs is in. */
type Members = Readonly<Record<string, readonly [sinceMs: number, inside: boolean]>>;

const membersKey = (roomId: string) => `${roomId}/members`;

/** Notes who is a member now: who is in the group, and whom it awaits. Who left is forgotten. */
export async function noteMembers(
  { core: { ports: { store, clock } }, roomId }: RoomBox,
  group: Group,
  awaited: readonly string[],
): Promise<void> {
  const bytes = await store.get("groups", membersKey(roomId));
  const before = bytes === undefined ? {} : readJsonRow<Members>(bytes);
  const inside = usersIn(group);
  const now: Members = Object.fromEntries(
    [...new Set([...inside, ...awaited])].sort()
      .map((user) => [user, [before[user]?.[0] ?? clock.now(), inside.has(user)]]),
  );
  const row = jsonRow("groups", membersKey(roomId), now);
  if (bytes === undefined || textOf(bytes) !== JSON.stringify(now)) await store.write([row]);
}

/**
 * Whether somebody who is in the group now was a member when this device sealed something, as far as
 * it had heard of it by then, or heard soon after.
 */
export async function wasMember(
  store: DeviceStore,
  roomId: string,
  { user, sealedMs, nowMs }: {
    readonly user: string;
    readonly sealedMs: number;
    readonly nowMs: number;
  },
): Promise<boolean> {
  const bytes = await store.get("groups", membersKey(roomId));
  const [sinceMs = Infinity, inside = false] = bytes === undefined
    ? []
    : readJsonRow<Members>(bytes)[user] ?? [];
  return inside && sealedMs >= sinceMs - UNHEARD_MS && sealedMs >= nowMs - MAX_LATE_MS;
}
