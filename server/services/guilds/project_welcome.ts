import type { Welcome } from "../../../core/api/guild.ts";
import { guildWelcomeKind } from "../../../core/event/kinds/guild_welcome.ts";
import { readContent } from "../../../core/event/kinds/kind.ts";
import { parseChannelId } from "../../../core/ids/channel_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Authority } from "../../../core/permissions/authority.ts";
import { holds } from "../../../core/permissions/bits.ts";
import { contentOf } from "../../rooms/content.ts";

/** What a newcomer is shown, with the channels that the viewer sees; null where there is nothing. */
export function projectWelcome(
  authority: Authority,
  viewer: { readonly userId: UserId; readonly nowMs: number },
): Welcome | null {
  const held = contentOf(authority.view.get("m.guild.welcome", ""));
  const content = held && readContent(guildWelcomeKind, held);
  if (content === undefined) return null;
  const channels = (content.channels ?? []).flatMap(({ channel, emoji, line }) => {
    const id = parseChannelId(channel);
    const seen = id !== undefined &&
      holds(authority.rights(viewer.userId, id, viewer.nowMs), "VIEW_CHANNEL");
    return seen ? [{ channel_id: channel, emoji: emoji ?? null, line: line || null }] : [];
  });
  const text = content.text || null;
  return text === null && channels.length === 0 ? null : { text, channels };
}
