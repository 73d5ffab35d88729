import type { GroupLost } from "./core.ts";
import { fetched } from "./part.ts";
import type { RoomBox } from "./room_box.ts";

/**
 * What a room does seldom, fetched when it comes to it: a device that only reads and writes in the
 * groups that it is in makes no commits and needs no way in.
 */

async function changing() {
  return (await fetched(() => import("./changing.ts"))).changing;
}

/** Finds out what became of a commit that has no receipt yet: the log says so, or it is sent again. */
export async function settle(box: RoomBox): Promise<void> {
  if (box.pending !== undefined) await (await changing()).settle(box);
}

/** `doWork` of `work.ts`. */
export async function doWork(box: RoomBox, only: "all" | "removals" = "all"): Promise<boolean> {
  return await (await changing()).doWork(box, only);
}

/** `comeIn` of `coming_in.ts`. */
export async function comeIn(box: RoomBox): Promise<void> {
  await (await changing()).comeIn(box);
}

/** What this device knew of the group is of no use: out with it, and in again. */
export async function loseAndRejoin(box: RoomBox, lost: GroupLost): Promise<void> {
  await (await changing()).loseAndRejoin(box, lost);
}
