import { equalBytes } from "../bytes.ts";
import { readCertificate } from "../certificate.ts";
import { GroupLost } from "./core.ts";
import { comeIn, settle } from "./later.ts";
import type { RoomBox } from "./room_box.ts";

/**
 * Sees to it that this device is in the room's group, if there is one: by what is stored, by a
 * Welcome, by making the group, or from outside.
 */
export async function ensureJoined(box: RoomBox): Promise<void> {
  await settle(box);
  if (box.group === undefined) await comeIn(box);
}

/**
 * A leaf under a former identity of the user counts with nobody any more: it is to be replaced
 * from outside. @throws GroupLost
 */
export function demandOwnIdentity({ group, core, roomId }: RoomBox): void {
  const leaf = group?.leaves().find(({ leaf }) => leaf === group.ownLeaf);
  const there = leaf && readCertificate(leaf.credential);
  const own = readCertificate(core.device.keys.credential);
  if (there === undefined || own === undefined || equalBytes(there.msk, own.msk)) return;
  throw new GroupLost("identity_changed", `Room ${roomId}: the leaf is of a former identity`);
}
