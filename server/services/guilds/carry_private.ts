import type { JoinRulesContent } from "../../../core/event/kinds/join_rules.ts";
import { MAIN_CHANNEL, parseChannelId } from "../../../core/ids/channel_id.ts";
import { serverOf, type UserId } from "../../../core/ids/user_id.ts";
import { contentOf, integerOf, textOf } from "../../rooms/content.ts";
import { privateGenesis } from "../../rooms/genesis.ts";
import type { Room } from "../../rooms/room.ts";
import { copiedRoles } from "../channels/custodian.ts";
import { privateChannelRows } from "../channels/private_channel_rows.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import type { RemoteRooms } from "../chat/remote_rooms.ts";
import { openPrivateRooms } from "../chat/view_guild.ts";

/** Members who are invited in one transaction. */
const INVITES_PER_BATCH = 200;

type CarryDeps = ChatDeps & { readonly remote: RemoteRooms };

interface Move {
  readonly userId: UserId;
  /** The guild as it was, and the one it goes on in. */
  readonly old: Room;
  readonly next: Room;
}

/**
 * Makes a guild's private channels anew in its successor, as far as the owner is in them: nobody
 * can carry what he may not see. Each is a new room of the owner's, with the former name, place
 * and roles, encrypted from its first event where the former one was. Its members are invited;
 * whom a role lets in comes by it. PROTOCOL.md 10 (upgrade).
 */
export async function carryPrivate(deps: CarryDeps, move: Move): Promise<void> {
  for (const former of await openPrivateRooms(deps, move.old, move.userId)) {
    const room = await makeAnew(deps, former, move);
    await inviteMembers(deps, room, { former, userId: move.userId });
  }
}

async function makeAnew(deps: ChatDeps, former: Room, move: Move): Promise<Room> {
  const { userId, old, next } = move;
  const { view } = former.authority;
  const meta = contentOf(view.get("m.channel.meta", MAIN_CHANNEL));
  const parent = parseChannelId(
    textOf(contentOf(view.get("m.channel.policy", MAIN_CHANNEL)), "parent") ?? "",
  );
  const genesis = privateGenesis(deps.rng, {
    creator: userId,
    guildId: next.id,
    name: textOf(meta, "name") ?? "private",
    topic: textOf(meta, "topic") ?? null,
    parent: parent !== undefined && next.authority.channel(parent) !== undefined ? parent : null,
    order: integerOf(meta, "order"),
    federate: next.authority.room.federate,
    roles: copiedRoles(next.authority),
    allowRoles: allowedRoles(former, old),
  });
  // Never for a moment readable to servers where it was not before.
  const encryption = contentOf(view.get("m.room.encryption", ""));
  const sealed = encryption === undefined ? [] : [{
    type: "m.room.encryption",
    sender: userId,
    stateKey: "",
    content: encryption,
  }];
  return await deps.rooms.create(
    { ...genesis, rest: [...genesis.rest, ...sealed] },
    userId,
    (roomId) => [privateChannelRows.of({ roomId, guildId: next.id, createdTs: deps.clock.now() })],
  );
}

/** Ids of roles stay what they were in the successor. */
function allowedRoles(former: Room, old: Room): readonly string[] {
  // Events of another shape are rejected, so that none is in the state.
  const rules = contentOf(former.authority.view.get("m.room.join_rules", "")) as
    | JoinRulesContent
    | undefined;
  return (rules?.allow ?? []).flatMap((each) =>
    each.guild === old.id && each.role !== undefined ? [each.role] : []
  );
}

async function inviteMembers(
  deps: CarryDeps,
  room: Room,
  { former, userId }: { readonly former: Room; readonly userId: UserId },
): Promise<void> {
  const members = [...former.authority.joinedUsers()].filter((each) => each !== userId);
  for (let at = 0; at < members.length; at += INVITES_PER_BATCH) {
    const batch = members.slice(at, at + INVITES_PER_BATCH);
    await room.changeControl((authority) => ({
      intents: batch.filter((each) => !authority.isJoined(each)).map((each) => ({
        type: "m.room.member",
        sender: userId,
        stateKey: each,
        content: { membership: "invite" },
      })),
      rows: batch.filter((each) => serverOf(each) !== deps.serverName).map((user) =>
        deps.remote.tell({ kind: "invite", to: serverOf(user), roomId: room.id, user })
      ),
    }));
  }
  deps.remote.wake();
}
