import type { Guild, Welcome } from "../../core/api/guild.ts";
import { findEmoji } from "../lib/format/guild_emoji.ts";
import { thumbnailUrl } from "../lib/format/media_url.ts";
import { channelPath } from "../lib/format/paths.ts";
import { t } from "../lib/i18n/t.ts";
import { Avatar } from "./Avatar.tsx";
import { Icon } from "./Icon.tsx";

/** What a newcomer of a guild is shown: a word of welcome, and where to begin. */
export function WelcomeCard(
  { guild, welcome, level, onGo }: {
    guild: Guild;
    welcome: Welcome;
    /** Rank of its heading. */
    level: 2 | 3;
    /** Before a channel is gone to; without it nothing leads anywhere. */
    onGo?: () => void;
  },
) {
  const Heading = `h${level}` as "h2";
  return (
    <div class="welcome">
      <Avatar id={guild.id} name={guild.name} uri={guild.icon} size="xl" guild />
      <Heading class="break">{t("welcome.to", { name: guild.name })}</Heading>
      {welcome.text && <p class="welcome-text break">{welcome.text}</p>}
      {welcome.channels.length > 0 && (
        <ul class="rows welcome-channels">
          {welcome.channels.map((each) => {
            const channel = guild.channels.find(({ id }) => id === each.channel_id);
            if (!channel) return null;
            const inside = (
              <>
                <Face guild={guild} emoji={each.emoji} kind={channel.kind} />
                <span class="grow">
                  <span class="strong break block">{channel.name}</span>
                  {each.line && <span class="small muted break block">{each.line}</span>}
                </span>
              </>
            );
            return (
              <li key={each.channel_id}>
                {onGo
                  ? (
                    <a class="row-card" href={channelPath(guild.id, channel)} onClick={onGo}>
                      {inside}
                    </a>
                  )
                  : <span class="row-card">{inside}</span>}
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}

function Face({ guild, emoji, kind }: { guild: Guild; emoji: string | null; kind: string }) {
  const own = emoji === null ? undefined : findEmoji(guild, emoji);
  if (own) {
    return <img src={thumbnailUrl(own.uri, 96)} width={24} height={24} alt="" class="fit" />;
  }
  if (emoji === null || emoji.startsWith(":")) {
    return <Icon name={kind === "voice" ? "voice" : "hash"} />;
  }
  return <span class="welcome-emoji" aria-hidden="true">{emoji}</span>;
}
