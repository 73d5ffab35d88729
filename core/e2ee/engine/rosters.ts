import type { Group } from "../../mls/group.ts";
import { readCertificate } from "../certificate.ts";
import type { DeviceStore, StoreChange } from "./ports.ts";
import { goneRow, jsonRow, readJsonRow } from "./rows.ts";

/** Epochs of a room of which is kept who was in the group when this device sealed in them. */
const MAX_ROSTERS = 500;

const prefixOf = (roomId: string) => `${roomId}/roster/`;
const keyOf = (roomId: string, epoch: number) =>
  `${prefixOf(roomId)}${String(epoch).padStart(12, "0")}`;

/** Rows that keep who a message is sealed for: only they are given its key later. */
export async function rosterRows(
  store: DeviceStore,
  roomId: string,
  group: Group,
): Promise<StoreChange[]> {
  const key = keyOf(roomId, group.epoch);
  const users = new Set(
    group.leaves().flatMap(({ credential }) => {
      const certificate = readCertificate(credential);
      return certificate === undefined ? [] : [certificate.user as string];
    }),
  );
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
