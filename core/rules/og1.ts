import { authorise } from "../auth/authorise.ts";
import { authTypes } from "../auth/auth_types.ts";
import { keep } from "../event/keep.ts";
import { resolve } from "../state/resolve.ts";
import type { RoomVersion } from "./room_version.ts";

/** The first room version: everything in PROTOCOL.md. */
export const og1: RoomVersion = { id: "og1", keep, authTypes, authorise, resolve };

const versions: ReadonlyMap<string, RoomVersion> = new Map([[og1.id, og1]]);

/** The record of a version, or undefined where this software does not know it. */
export function roomVersionOf(id: string): RoomVersion | undefined {
  return versions.get(id);
}
