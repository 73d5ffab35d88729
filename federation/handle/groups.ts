import {
  askSequencer,
  changeGroup,
  claimForGroup,
  claimKeyPackages,
  foundGroup,
  syncGroup,
} from "../../core/api/federation/groups.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import { type Asked, defineHandler, type FederationHandler } from "../ports.ts";
import { openRoom } from "./open_room.ts";
import { ownUser } from "./own_user.ts";
import type { GroupDesk, RoomReader } from "./ports.ts";

interface Deps {
  readonly rooms: RoomReader;
  readonly groups: GroupDesk;
}

/**
 * The encrypted groups of rooms, for servers with a joined member there whom the ACL lets take
 * part. PROTOCOL.md 12 (between servers).
 */
export function groupHandlers(deps: Deps): FederationHandler[] {
  return [
    defineHandler({
      operation: syncGroup,
      async answer(asked, request) {
        const roomId = await requireRoom(deps, asked, request.room_id);
        return await deps.groups.sync(asked.origin, { ...request, roomId });
      },
    }),
    defineHandler({
      operation: askSequencer,
      async answer(asked, request) {
        const roomId = await requireRoom(deps, asked, request.room_id);
        return await deps.groups.sequencer({ ...request, roomId });
      },
    }),
    defineHandler({
      operation: foundGroup,
      async answer(asked, request) {
        const roomId = await requireRoom(deps, asked, request.room_id);
        const user = ownUser(asked, request.user);
        return await deps.groups.found({ ...request, roomId, user });
      },
    }),
    defineHandler({
      operation: changeGroup,
      async answer(asked, request) {
        const roomId = await requireRoom(deps, asked, request.room_id);
        const user = ownUser(asked, request.user);
        return await deps.groups.change({ ...request, roomId, user });
      },
    }),
    defineHandler({
      operation: claimForGroup,
      async answer(asked, request) {
        const roomId = await requireRoom(deps, asked, request.room_id);
        const user = ownUser(asked, request.user);
        return await deps.groups.claim({ ...request, roomId, user });
      },
    }),
    defineHandler({
      operation: claimKeyPackages,
      async answer(asked, request) {
        const roomId = await requireRoom(deps, asked, request.room_id);
        return await deps.groups.claimHere(asked.origin, { ...request, roomId });
      },
    }),
  ];
}

async function requireRoom({ rooms }: Deps, asked: Asked, raw: string): Promise<RoomId> {
  return (await openRoom(rooms, asked, raw)).id;
}
