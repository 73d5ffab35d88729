import type { Relationship as ShownRelationship } from "../../../core/api/relationships.ts";
import { OperationError } from "../../../core/errors.ts";
import { serverOf, type UserId } from "../../../core/ids/user_id.ts";
import type { Deed } from "../../../core/rules/relationship.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import type { RemoteRooms } from "../chat/remote_rooms.ts";
import { requireUserId } from "../chat/place.ts";
import { requireAccount } from "../users/require_account.ts";
import { unknownUser } from "../messages/project_messages.ts";
import { changeRelationship, type RelationshipDeps } from "./change_relationship.ts";
import { findRelationship, findRelationships, type Side } from "./relationship_rows.ts";

type ViewDeps = Pick<ChatDeps, "sql" | "users" | "clock">;
type DeskDeps = RelationshipDeps & ViewDeps & Pick<ChatDeps, "throttle"> & {
  readonly remote: Pick<RemoteRooms, "requireUser">;
};

/** Everything that is between a user and others, the latest change first. */
export async function listRelationships(
  deps: ViewDeps,
  userId: UserId,
): Promise<ShownRelationship[]> {
  const rows = await findRelationships(deps.sql, userId);
  const people = await deps.users.find(rows.map((row) => row.other_id));
  return rows.map(({ other_id: other, bond, blocked, changed_ts }) => ({
    user: people.get(other) ?? unknownUser(other),
    bond,
    blocked,
    changed_ts,
  }));
}

/** Of these, whom the user has blocked, as `blockedBy` reads them. */
export function blockedOf(relationships: readonly ShownRelationship[]): ReadonlySet<UserId> {
  return new Set(
    relationships.filter(({ blocked }) => blocked).map(({ user }) => user.id as UserId),
  );
}

/** What is between two people, as the first sees it; also where that is nothing. */
export async function viewRelationship(deps: ViewDeps, side: Side): Promise<ShownRelationship> {
  const row = await findRelationship(deps.sql, side);
  return {
    user: await deps.users.get(side[1]),
    bond: row?.bond ?? null,
    blocked: row?.blocked ?? false,
    changed_ts: row?.changed_ts ?? deps.clock.now(),
  };
}

/** @throws OperationError `invalid`, `conflict`, `limit_reached`, `not_found`, `rate_limited`, `unavailable` */
export async function askFriend(
  deps: DeskDeps,
  userId: UserId,
  rawOther: string,
): Promise<ShownRelationship> {
  const other = requireOther(userId, rawOther);
  await deps.throttle.take("friend requests", [{ policy: "friendAsk", who: userId }]);
  if (serverOf(other) === deps.serverName) await requireAccount(deps, other);
  else await deps.remote.requireUser(other);
  return await change(deps, [userId, other], "ask");
}

/** @throws OperationError `invalid`, `limit_reached`, `not_found` */
export async function actOnRelationship(
  deps: DeskDeps,
  userId: UserId,
  { rawOther, deed }: { readonly rawOther: string; readonly deed: Exclude<Deed, "ask"> },
): Promise<ShownRelationship> {
  return await change(deps, [userId, requireOther(userId, rawOther)], deed);
}

async function change(deps: DeskDeps, side: Side, deed: Deed): Promise<ShownRelationship> {
  await changeRelationship(deps, side, deed);
  return await viewRelationship(deps, side);
}

function requireOther(userId: UserId, raw: string): UserId {
  const other = requireUserId(raw);
  if (other !== userId) return other;
  throw new OperationError("invalid", "That is you: name somebody else.");
}
