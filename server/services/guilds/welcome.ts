import type { Guild } from "../../../core/api/guild.ts";
import type { NewWelcome } from "../../../core/api/welcome.ts";
import { OperationError } from "../../../core/errors.ts";
import { parseChannelId } from "../../../core/ids/channel_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Authority } from "../../../core/permissions/authority.ts";
import { holds } from "../../../core/permissions/bits.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openGuild } from "../chat/place.ts";
import { viewGuild } from "../chat/view_guild.ts";
import { findEmoji } from "./project_emoji.ts";
import { withReason } from "./update_guild.ts";

const OWN_EMOJI = /^:([0-9A-Za-z_]{2,32}):$/;
const EMOJI = /^\p{RGI_Emoji}$/v;

/** @throws OperationError `invalid` naming the channel or emoji, `forbidden`, `not_found` */
export async function setWelcome(
  deps: ChatDeps,
  userId: UserId,
  input: { readonly guildId: string; readonly welcome: NewWelcome },
): Promise<Guild> {
  const room = await openGuild(deps, userId, input.guildId);
  const { text, channels, reason } = input.welcome;
  await room.changeControl((authority) => {
    requireChannels(authority, userId, { channels, nowMs: deps.clock.now() });
    return {
      intents: [{
        type: "m.guild.welcome",
        sender: userId,
        stateKey: "",
        content: withReason({
          ...(text ? { text } : {}),
          ...(channels.length === 0 ? {} : {
            channels: channels.map(({ channel_id, emoji, line }) => ({
              channel: channel_id,
              ...(emoji ? { emoji } : {}),
              ...(line ? { line } : {}),
            })),
          }),
        }, reason),
      }],
    };
  });
  return await viewGuild(deps, room, userId);
}

function requireChannels(
  authority: Authority,
  userId: UserId,
  { channels, nowMs }: { readonly channels: NewWelcome["channels"]; readonly nowMs: number },
): void {
  const refuse = (message: string) =>
    new OperationError("invalid", message, { details: { field: "channels" } });
  const taken = new Set<string>();
  for (const { channel_id: raw, emoji } of channels) {
    const id = parseChannelId(raw);
    const policy = id === undefined ? undefined : authority.channel(id);
    const seen = id !== undefined && holds(authority.rights(userId, id, nowMs), "VIEW_CHANNEL");
    if (!seen || policy?.kind === "category") {
      throw refuse(`${JSON.stringify(raw.slice(0, 80))} is no channel here to point people to.`);
    }
    if (taken.has(raw)) throw refuse("A channel can be named once.");
    taken.add(raw);
    if (emoji && !isEmoji(authority, emoji)) {
      throw refuse(
        `${JSON.stringify(emoji)} is no emoji; take one, or :name: of one of the guild's own.`,
      );
    }
  }
}

function isEmoji(authority: Authority, emoji: string): boolean {
  const own = OWN_EMOJI.exec(emoji)?.[1];
  return own === undefined ? EMOJI.test(emoji) : findEmoji(authority, own) !== undefined;
}
