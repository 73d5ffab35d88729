import type { Wanted } from "../../../core/api/e2ee_groups.ts";
import { mayStayInPrivate } from "../../../core/auth/private_room.ts";
import { equalBytes } from "../../../core/e2ee/bytes.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Queryable } from "../../postgres/sql.ts";
import type { Room } from "../../rooms/room.ts";
import type { Rooms } from "../../rooms/rooms.ts";
import { findLeaves, type LeafRow } from "./group_rows.ts";
import {
  deviceKey,
  findRegistered,
  findUnknown,
  type RegisteredDevice,
} from "./registered_devices.ts";

/**
 * Whose devices belong into the room's group: the joined members, of a private channel those whom
 * its guild has not sent away.
 */
export async function membersOf(
  deps: { readonly rooms: Pick<Rooms, "guildOf"> },
  room: Room,
): Promise<UserId[]> {
  const guild = await deps.rooms.guildOf(room);
  return [...room.authority.joinedUsers()].filter((user) =>
    guild === undefined || mayStayInPrivate(room.authority, guild.authority, user)
  );
}

/** A group as it is and as its members' devices want it. */
export interface Roster {
  readonly leaves: readonly LeafRow[];
  readonly registered: readonly RegisteredDevice[];
  readonly wanted: Wanted;
}

/** `members`: see `membersOf`. */
export async function readRoster(
  sql: Queryable,
  { groupId, members }: { readonly groupId: string; readonly members: readonly UserId[] },
): Promise<Roster> {
  const leaves = await findLeaves(sql, groupId);
  const registered = await findRegistered(sql, members);
  const unknown = await findUnknown(sql, members);
  return { leaves, registered, wanted: wantedOf({ leaves, registered, unknown }) };
}

/**
 * A device that came back with another key under its old name is another device. `unknown`: members
 * whose devices this server has not been told of yet; theirs are left as they are.
 */
export function wantedOf({ leaves, registered, unknown = new Set() }: {
  readonly leaves: readonly LeafRow[];
  readonly registered: readonly RegisteredDevice[];
  readonly unknown?: ReadonlySet<UserId>;
}): Wanted {
  const known = new Map(registered.map((each) => [deviceKey(each), each]));
  const held = new Set(leaves.map(deviceKey));
  return {
    add: registered.filter((each) => !held.has(deviceKey(each)))
      .map(({ user, device }) => ({ user, device })),
    remove: leaves.filter((leaf) => {
      if (unknown.has(leaf.user)) return false;
      const device = known.get(deviceKey(leaf));
      return device === undefined || !equalBytes(device.signatureKey, leaf.signatureKey);
    }).map(({ leaf, user, device }) => ({ leaf, user, device })),
  };
}

/** What a sent message asks of a group. */
export interface Standing {
  /** Somebody is to be taken out: `wantedOf` would name a leaf to remove. */
  readonly leaving: boolean;
  /** A device of the sender is in the group. */
  readonly present: boolean;
}

/** The same in one look for each message, however many devices there are. */
export async function readStanding(
  sql: Queryable,
  { groupId, members, sender }: {
    readonly groupId: string;
    readonly members: readonly UserId[];
    readonly sender: UserId;
  },
): Promise<Standing> {
  const [row] = await sql<Standing[]>`
    select coalesce(bool_or(l.user_id = ${sender}), false) as present,
      coalesce(bool_or(not (l.user_id = any(${[...members]}) and (
        exists (select from devices d
          where d.user_id = l.user_id and d.device_id = l.device_id and d.session_id is not null
            and d.certificate is not null and d.signature_key = l.signature_key)
        or exists (select from remote_devices r
          where r.user_id = l.user_id and r.device_id = l.device_id
            and r.signature_key = l.signature_key)
        or not exists (select from users u where u.user_id = l.user_id)
          and not exists (select from remote_device_lists k where k.user_id = l.user_id)))),
        false) as leaving
    from mls_leaves l where l.group_id = ${groupId}`;
  return row ?? { leaving: false, present: false };
}
