import type { Channel, ChannelEntry } from "../../../core/api/channel.ts";
import { OperationError } from "../../../core/errors.ts";
import { type ChannelId, parseChannelId } from "../../../core/ids/channel_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Authority } from "../../../core/permissions/authority.ts";
import type { ChannelPolicy } from "../../../core/permissions/channel_policy.ts";
import { contentOf } from "../../rooms/content.ts";
import type { ControlIntent } from "../../rooms/control_tip.ts";
import { roomNotFound } from "../../rooms/rooms.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openChannel } from "../chat/place.ts";
import { patch, withReason } from "../guilds/update_guild.ts";
import { parseEntries, policyContent } from "./channel_content.ts";
import { parentOf } from "./create_channel.ts";
import { viewChannel } from "./view_channel.ts";

export interface ChannelChange {
  readonly name?: string | undefined;
  readonly topic?: string | null | undefined;
  readonly parent?: string | null | undefined;
  readonly slow_mode_s?: number | undefined;
  readonly archived?: boolean | undefined;
  readonly age_restricted?: boolean | undefined;
  readonly user_limit?: number | undefined;
  readonly bitrate?: number | undefined;
  readonly entries?: readonly ChannelEntry[] | undefined;
  readonly sync?: boolean | undefined;
  readonly reason?: string | undefined;
}

interface Target {
  readonly userId: UserId;
  readonly channelId: ChannelId;
  readonly change: ChannelChange;
}

/** @throws OperationError `invalid`, `forbidden`, `not_found` */
export async function updateChannel(
  deps: ChatDeps,
  userId: UserId,
  input: { readonly roomId: string; readonly channelId: string; readonly change: ChannelChange },
): Promise<Channel> {
  const { room, channelId } = await openChannel(deps, userId, input);
  const target = { userId, channelId, change: input.change };
  const guild = room.authority.room.kind === "private"
    ? await deps.rooms.openFor(userId, room.authority.room.guild ?? "")
    : room;
  await room.changeControl((authority) => ({
    intents: [
      ...policyIntents({ authority, categories: guild.authority }, target),
      ...metaIntents(authority, target),
    ],
  }));
  return await viewChannel(deps, userId, { room, channelId });
}

interface Authorities {
  readonly authority: Authority;
  /** Whose categories count: the guild's. */
  readonly categories: Authority;
}

function policyIntents({ authority, categories }: Authorities, target: Target): ControlIntent[] {
  const { parent: wanted, entries, sync, reason } = target.change;
  if (wanted === undefined && entries === undefined && sync !== true) return [];
  const before = authority.channel(target.channelId);
  if (before === undefined) throw roomNotFound();
  const parent = wanted === undefined
    ? before.parent
    : parentOf(categories, { kind: before.kind, parent: wanted });
  const next: ChannelPolicy = {
    ...before,
    parent,
    entries: entries !== undefined
      ? parseEntries(entries)
      : sync === true
      ? categoryEntries(categories, parent)
      : before.entries,
  };
  return [{
    type: "m.channel.policy",
    sender: target.userId,
    stateKey: target.channelId,
    content: withReason(policyContent(next), reason),
  }];
}

/** A channel is synced by copying what its category says. PROTOCOL.md 4. */
function categoryEntries(authority: Authority, parent: string | undefined) {
  const id = parent === undefined ? undefined : parseChannelId(parent);
  const category = id === undefined ? undefined : authority.channel(id);
  if (category !== undefined) return category.entries;
  throw new OperationError("invalid", "This channel stands in no category to be synced with.", {
    details: { field: "sync" },
  });
}

function metaIntents(authority: Authority, target: Target): ControlIntent[] {
  const { name, topic, slow_mode_s, archived, age_restricted, user_limit, bitrate, reason } =
    target.change;
  const fields = { name, topic, slow_mode_s, archived, age_restricted, user_limit, bitrate };
  if (Object.values(fields).every((field) => field === undefined)) return [];
  const before = contentOf(authority.view.get("m.channel.meta", target.channelId)) ??
    { name: "unnamed" };
  return [{
    type: "m.channel.meta",
    sender: target.userId,
    stateKey: target.channelId,
    content: withReason(patch(before, fields), reason),
  }];
}
