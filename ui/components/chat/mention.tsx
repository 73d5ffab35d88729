import type { Guild } from "../../../core/api/guild.ts";
import type { MentionToken } from "../../../core/event/mention_tokens.ts";
import { memberName, nameOf } from "../../lib/format/names.ts";
import { channelPath } from "../../lib/format/paths.ts";
import { can } from "../../lib/format/rights.ts";
import { colorClass } from "../../lib/format/role_color.ts";
import { t } from "../../lib/i18n/t.ts";
import { emojiKey, findEmoji } from "../../lib/format/guild_emoji.ts";
import type { EmojiToken } from "../../lib/md/parse.ts";
import { menuHandlers } from "../../lib/browser/place_menu.ts";
import { personTarget, showProfile } from "../../lib/store/links.ts";
import type { ChatState } from "../../lib/store/chat.ts";
import { channelOf, guildOf, type Place } from "../../lib/store/place.ts";
import { EmojiPicture } from "./EmojiPicture.tsx";

/**
 * A mention with the name of today: a rename never breaks old text. `guild`: where it was said, the
 * open one where none is given. `everyone`: the message calls everyone; elsewhere the words stand as
 * they were written, since they called nobody.
 */
export function drawMention(
  state: ChatState,
  token: MentionToken | EmojiToken,
  { guild = guildOf(state.known, state.place.value), everyone = false }: {
    guild?: Guild | null | undefined;
    everyone?: boolean;
  } = {},
) {
  switch (token.kind) {
    case "emoji": {
      const emoji = findEmoji(guild, emojiKey(token.name));
      return emoji ? <EmojiPicture emoji={emoji} /> : emojiKey(token.name);
    }
    case "everyone":
      return everyone ? <span class="pill call">@everyone</span> : "@everyone";
    case "user": {
      const member = state.memberOf(guild?.id ?? null, token.id);
      const name = member ? memberName(member) : nameOf(state.userOf(token.id));
      const me = token.id === state.self.value.user.id;
      return (
        <button
          type="button"
          class={me ? "pill call" : "pill"}
          onClick={() => showProfile(state, token.id)}
          {...menuHandlers(state, personTarget(state, token.id, name))}
        >
          @{name}
        </button>
      );
    }
    case "role": {
      const role = guild?.roles.find((entry) => entry.id === token.id);
      const mine = guild?.me.roles.includes(token.id) ?? false;
      return (
        <span class={`${mine ? "pill call" : "pill"} ${colorClass(role?.color ?? null)}`}>
          @{role?.name ?? t("role.unknown")}
        </span>
      );
    }
    case "channel": {
      const channel = guild?.channels.find((entry) => entry.id === token.id);
      return guild && channel
        ? <a class="pill" href={channelPath(guild.id, channel)}>#{channel.name}</a>
        : <span class="pill">#{t("channel.unknown")}</span>;
    }
  }
}

/** Whether what the viewer writes there calls everyone. */
export function mayCallEveryone({ known }: ChatState, place: Place): boolean {
  return can(channelOf(known, place)?.permissions ?? "0", "MENTION_EVERYONE");
}
