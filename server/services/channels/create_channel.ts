import type { Channel, ChannelEntry, ChannelKind } from "../../../core/api/channel.ts";
import { OperationError } from "../../../core/errors.ts";
import { type ChannelId, MAIN_CHANNEL, parseChannelId } from "../../../core/ids/channel_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { limits } from "../../../core/limits.ts";
import type { Authority } from "../../../core/permissions/authority.ts";
import type { JsonObject } from "../../../core/event/json.ts";
import { newChannelId, privateGenesis } from "../../rooms/genesis.ts";
import { contentOf, integerOf } from "../../rooms/content.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openGuild, requireRight } from "../chat/place.ts";
import { patch, withReason } from "../guilds/update_guild.ts";
import { copiedRoles } from "./custodian.ts";
import { parseEntries, policyContent } from "./channel_content.ts";
import { privateChannelRows } from "./private_channel_rows.ts";
import { viewChannel } from "./view_channel.ts";

export interface NewChannel {
  readonly guildId: string;
  readonly kind: ChannelKind;
  readonly name: string;
  readonly private: boolean;
  readonly topic?: string | null | undefined;
  readonly parent?: string | null | undefined;
  readonly slow_mode_s?: number | undefined;
  readonly archived?: boolean | undefined;
  readonly age_restricted?: boolean | undefined;
  readonly user_limit?: number | undefined;
  readonly bitrate?: number | undefined;
  readonly allow_roles?: readonly string[] | undefined;
  readonly entries?: readonly ChannelEntry[] | undefined;
  readonly reason?: string | undefined;
}

/** @throws OperationError `invalid`, `forbidden`, `not_found`, `limit_reached` */
export async function createChannel(
  deps: ChatDeps,
  userId: UserId,
  input: NewChannel,
): Promise<Channel> {
  const guild = await openGuild(deps, userId, input.guildId);
  if (input.private) return await createPrivate(deps, userId, { guild, input });
  const channelId = newChannelId(deps.rng);
  await guild.changeControl((authority) => {
    requirePlace(authority);
    const parent = parentOf(authority, input);
    const entries = input.entries === undefined
      ? parent === undefined ? new Map() : authority.channel(parent)?.entries ?? new Map()
      : parseEntries(input.entries);
    return {
      intents: [
        {
          type: "m.channel.policy",
          sender: userId,
          stateKey: channelId,
          content: withReason(
            policyContent({ kind: input.kind, parent, closed: false, entries }),
            input.reason,
          ),
        },
        {
          type: "m.channel.meta",
          sender: userId,
          stateKey: channelId,
          content: metaOf(input, nextOrder(authority)),
        },
      ],
    };
  });
  return await viewChannel(deps, userId, { room: guild, channelId });
}

/** A private channel: a room of its own with its maker as owner. PROTOCOL.md 9. */
async function createPrivate(
  deps: ChatDeps,
  userId: UserId,
  { guild, input }: { readonly guild: Room; readonly input: NewChannel },
): Promise<Channel> {
  if (input.kind !== "text") {
    throw new OperationError("invalid", `A private channel is a text channel, not ${input.kind}.`);
  }
  const { authority } = guild;
  requirePlace(authority);
  requireRight(
    authority.base(userId, deps.clock.now()),
    "MANAGE_CHANNELS",
    "create a channel",
  );
  const room = await deps.rooms.create(
    privateGenesis(deps.rng, {
      creator: userId,
      guildId: guild.id,
      name: input.name,
      topic: input.topic ?? null,
      parent: parentOf(authority, input) ?? null,
      order: nextOrder(authority),
      federate: authority.room.federate,
      roles: copiedRoles(authority),
      allowRoles: input.allow_roles ?? [],
    }),
    userId,
    (roomId) => [privateChannelRows.of({ roomId, guildId: guild.id, createdTs: deps.clock.now() })],
  );
  return await viewChannel(deps, userId, { room, channelId: MAIN_CHANNEL });
}

function requirePlace(authority: Authority): void {
  const open = [...authority.channels().values()].filter((policy) => !policy.closed).length;
  if (open < limits.authority.maxChannels) return;
  throw new OperationError(
    "limit_reached",
    `A guild has at most ${limits.authority.maxChannels} channels; delete one first.`,
  );
}

/** The category a channel goes into. Throws `invalid` unless it is one of the guild. */
export function parentOf(
  authority: Authority,
  input: { readonly kind: string; readonly parent?: string | null | undefined },
): ChannelId | undefined {
  if (input.parent === undefined || input.parent === null) return undefined;
  const id = parseChannelId(input.parent);
  const category = id === undefined ? undefined : authority.channel(id);
  if (category?.kind === "category" && !category.closed && input.kind !== "category") return id;
  throw new OperationError(
    "invalid",
    input.kind === "category"
      ? "A category cannot stand inside another."
      : `${JSON.stringify(input.parent)} is not a category of this guild.`,
    { details: { field: "parent" } },
  );
}

function nextOrder(authority: Authority): number {
  let last = -1;
  for (const [id] of authority.channels()) {
    last = Math.max(last, integerOf(contentOf(authority.view.get("m.channel.meta", id)), "order"));
  }
  return last + 1;
}

function metaOf(input: NewChannel, order: number): JsonObject {
  const { name, topic, slow_mode_s, archived, age_restricted, user_limit, bitrate } = input;
  return patch({ name, order }, {
    topic,
    slow_mode_s,
    archived,
    age_restricted,
    user_limit,
    bitrate,
  });
}
