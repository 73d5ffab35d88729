import type { Channel } from "../../../core/api/channel.ts";
import { OperationError } from "../../../core/errors.ts";
import { type ChannelId, parseChannelId } from "../../../core/ids/channel_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Authority } from "../../../core/permissions/authority.ts";
import { contentOf, integerOf } from "../../rooms/content.ts";
import type { ControlIntent } from "../../rooms/control_tip.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openGuild } from "../chat/place.ts";
import { viewGuild } from "../chat/view_guild.ts";
import { patch } from "../guilds/update_guild.ts";
import { policyContent } from "./channel_content.ts";
import { parentOf } from "./create_channel.ts";

interface Wanted {
  readonly id: string;
  readonly parent: string | null;
}

/** @throws OperationError `invalid`, `forbidden`, `not_found` */
export async function orderChannels(
  deps: ChatDeps,
  userId: UserId,
  input: { readonly guildId: string; readonly channels: readonly Wanted[] },
): Promise<readonly Channel[]> {
  const room = await openGuild(deps, userId, input.guildId);
  await room.changeControl((authority) => ({
    intents: input.channels.flatMap((wanted, order) =>
      moveIntents(authority, { userId, wanted, order })
    ),
  }));
  return (await viewGuild(deps, room, userId)).channels;
}

/** Only what differs becomes an event. */
function moveIntents(
  authority: Authority,
  move: { readonly userId: UserId; readonly wanted: Wanted; readonly order: number },
): ControlIntent[] {
  const { wanted, order, userId } = move;
  const id = parseChannelId(wanted.id);
  const policy = id === undefined ? undefined : authority.channel(id);
  if (id === undefined || policy === undefined || policy.closed) throw unknownChannel(wanted.id);
  const parent = parentOf(authority, { kind: policy.kind, parent: wanted.parent });
  const meta = contentOf(authority.view.get("m.channel.meta", id)) ?? { name: "unnamed" };
  const by = { sender: userId, stateKey: id as ChannelId };
  return [
    ...(parent === policy.parent
      ? []
      : [{ ...by, type: "m.channel.policy", content: policyContent({ ...policy, parent }) }]),
    ...(integerOf(meta, "order") === order
      ? []
      : [{ ...by, type: "m.channel.meta", content: patch(meta, { order }) }]),
  ];
}

function unknownChannel(raw: string): OperationError {
  return new OperationError(
    "invalid",
    `${JSON.stringify(raw.slice(0, 60))} is not a channel of this guild; load the list again.`,
    { details: { field: "channels" } },
  );
}
