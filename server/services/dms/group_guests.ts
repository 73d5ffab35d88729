import { OperationError } from "../../../core/errors.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import { serverOf, type UserId } from "../../../core/ids/user_id.ts";
import type { TaggedRow } from "../../postgres/row_kind.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { requireUserId } from "../chat/place.ts";
import type { RemoteRooms } from "../chat/remote_rooms.ts";
import { requireAccount } from "../users/require_account.ts";
import { knows } from "../relationships/knows.ts";
import { blockedBy, hasBlocked } from "../relationships/relationship_rows.ts";
import { hasGroupPlace } from "./group_place.ts";
import { notTaken, takesDmsFrom } from "./takes_dms.ts";

export type GroupDeps = ChatDeps & { readonly remote: RemoteRooms };

/** Somebody who is added to a conversation of several. */
export interface Guest {
  readonly user: UserId;
  /** In at once; everybody else is asked. */
  readonly letIn: boolean;
}

/** The named people, each once, without the caller. @throws OperationError `not_found` */
export function namedOthers(userId: UserId, rawIds: readonly string[]): UserId[] {
  return [...new Set(rawIds.map(requireUserId))].filter((other) => other !== userId);
}

/**
 * Looks at people whom somebody wants to add: each must be one whom they may write to. Who knows
 * them and has blocked nobody of `present` is in at once; everybody else is asked first.
 * @throws OperationError `not_found`, `forbidden`, `rate_limited`, `unavailable`
 */
export async function admitGuests(
  deps: GroupDeps,
  userId: UserId,
  { named, present }: {
    readonly named: readonly UserId[];
    /** Who is in the conversation, or is to be. */
    readonly present: readonly UserId[];
  },
): Promise<Guest[]> {
  const guests: Guest[] = [];
  // One after the other: of many unknown ones the first refusal is enough.
  for (const user of named) {
    if (await hasBlocked(deps.sql, [userId, user])) {
      throw new OperationError("forbidden", `You have blocked ${user}: lift the block first.`);
    }
    if (serverOf(user) === deps.serverName) {
      await requireAccount(deps, user);
      if (!await takesDmsFrom(deps, user, userId)) throw notTaken(user);
      guests.push({ user, letIn: await isLetIn(deps, userId, { user, present }) });
    } else guests.push({ user, letIn: false });
  }
  const strangers = guests.filter((guest) => !guest.letIn);
  await deps.throttle.take(
    "new conversations",
    Array.from(
      { length: Math.max(1, strangers.length) },
      () => ({ policy: "joinAccount", who: `dm ${userId}` }) as const,
    ),
  );
  for (const { user } of strangers) {
    if (serverOf(user) !== deps.serverName) await deps.remote.requireUser(user);
  }
  return guests;
}

async function isLetIn(
  deps: GroupDeps,
  userId: UserId,
  { user, present }: { readonly user: UserId; readonly present: readonly UserId[] },
): Promise<boolean> {
  if (!await knows(deps, user, userId) || !await hasGroupPlace(deps, user)) return false;
  const blocked = await blockedBy(deps.sql, user);
  return !blocked.has(userId) && !present.some((each) => blocked.has(each));
}

/** Tells the servers of those who are asked; stored with their invites. */
export function tellGuests(
  deps: Pick<GroupDeps, "remote" | "serverName">,
  roomId: RoomId,
  guests: readonly Guest[],
): TaggedRow[] {
  return guests.flatMap(({ user }) => {
    const to = serverOf(user);
    return to === deps.serverName ? [] : [deps.remote.tell({ kind: "invite", to, roomId, user })];
  });
}
