import type { Snapshot } from "../../../core/api/gateway.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { quietOf } from "../accounts/preferences.ts";
import { getSelf } from "../accounts/users.ts";
import type { Caller } from "../../http/caller.ts";
import type { Entitlement } from "../../http/gateway/source.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { listReceivedInvites } from "../../federation/received_invites.ts";
import { openAllPrivateRooms, viewGuilds } from "../chat/view_guild.ts";
import { openDmRooms, viewListedDms } from "../dms/view_dm.ts";
import { openJoinedRooms, withoutMoved } from "../guilds/list_guilds.ts";
import { viewInvitations } from "../invites/invitations.ts";
import { listNotifySettings, suppressedOf } from "../notify/notify_settings.ts";
import { readStates } from "../reads/read_states.ts";
import { blockedOf, listRelationships } from "../relationships/relationships.ts";
import { findOwn, viewOwnThreads } from "../threads/own_threads.ts";
import { listMissed } from "../voice/missed_calls.ts";
import { entitlementOf, readableChannels } from "./standing.ts";

export interface ServerFacts {
  readonly name: string;
  readonly trial: boolean;
  readonly version: string;
  /** `encryption.automatic`. */
  readonly encrypts_automatically: boolean;
  readonly mail: boolean;
  readonly logins: boolean;
  /** Voice channels can be joined here. */
  readonly voice: boolean;
  /** Why they cannot. */
  readonly voice_absence: Snapshot["server"]["voice_absence"];
}

export interface SnapshotParts {
  readonly snapshot: Omit<Snapshot, "position">;
  readonly entitlements: readonly Entitlement[];
}

/** Everything a client needs to draw itself. */
export async function buildSnapshot(
  deps: ChatDeps & { readonly server: ServerFacts },
  caller: Caller,
): Promise<SnapshotParts> {
  const { userId } = caller;
  const nowMs = deps.clock.now();
  // First all that hangs on nothing else: a page waits for the longest chain of questions.
  const [
    rooms,
    privateRooms,
    dmRooms,
    self,
    preferences,
    received,
    relationships,
    notify,
    followed,
    missed_calls,
  ] = await Promise.all([
    openJoinedRooms(deps, userId, ["guild", "private", "dm", "group_dm"]),
    openAllPrivateRooms(deps, userId),
    openDmRooms(deps, userId),
    getSelf(deps, caller),
    deps.preferences.of(userId),
    listReceivedInvites(deps.sql, userId, nowMs),
    listRelationships(deps, userId),
    listNotifySettings(deps, userId),
    findOwn(deps, userId),
    listMissed(deps, userId),
  ]);
  const guilds = withoutMoved(rooms).filter((room) => room.authority.room.kind === "guild")
    .map((room) => ({ room, near: privateRooms.get(room.id) ?? [] }));
  const readable = rooms.map((room) => textChannels(room, userId, nowMs));
  const blocked = blockedOf(relationships);
  const unheard = { blocked, suppressed: suppressedOf(notify) };
  const [views, dms, invitations, states, own] = await Promise.all([
    viewGuilds(deps, guilds, userId),
    viewListedDms(deps, userId, { rooms: dmRooms, received }),
    viewInvitations(deps, userId, { received, blocked }),
    readStates(deps, userId, readable, { unheard }),
    viewOwnThreads(deps, userId, { held: followed, readable, unheard }),
  ]);
  return {
    snapshot: {
      self: { ...self, admin: caller.admin },
      guilds: views,
      dms,
      invitations,
      relationships,
      read_states: [...states, ...own.reads],
      threads: [...own.threads],
      notify,
      quiet: quietOf(preferences),
      presences: presencesNear(deps, dms, relationships),
      voice: [],
      missed_calls,
      server: { ...deps.server },
    },
    entitlements: rooms.map((room) => entitlementOf(room, userId, nowMs)),
  };
}

function textChannels(room: Room, userId: UserId, nowMs: number) {
  const channelIds = readableChannels(room, userId, nowMs).filter((id) =>
    room.authority.channel(id)?.kind !== "category"
  );
  return { room, channelIds };
}

/** Of friends and people in conversations; those of guilds are subscribed to. */
function presencesNear(
  deps: Pick<ChatDeps, "presenceOf">,
  dms: Snapshot["dms"],
  relationships: Snapshot["relationships"],
): Snapshot["presences"] {
  const presences: Snapshot["presences"] = {};
  const near = [
    ...dms.flatMap((dm) => dm.kind === "pair" ? [dm.user] : dm.people.map(({ user }) => user)),
    ...relationships.filter(({ bond }) => bond === "friend").map(({ user }) => user),
  ];
  for (const { id } of near) {
    const shown = deps.presenceOf(id as UserId);
    if (shown !== "offline") presences[id] = shown;
  }
  return presences;
}
