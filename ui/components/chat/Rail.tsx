import type { Guild } from "../../../core/api/guild.ts";
import { menuHandlers } from "../../lib/browser/place_menu.ts";
import { useFollowed } from "../../lib/browser/use_followed.ts";
import { useRoving } from "../../lib/browser/use_roving.ts";
import { guildPath } from "../../lib/format/paths.ts";
import { t } from "../../lib/i18n/t.ts";
import { withKey } from "../../lib/keys/with_key.ts";
import { allShown, guildShown, homeWaiting } from "../../lib/store/attention.ts";
import { Avatar } from "../Avatar.tsx";
import { Icon } from "../Icon.tsx";
import { useChat } from "./chat_context.ts";

/** Guilds down the left edge; conversations first, a new guild last. */
export function Rail() {
  const state = useChat();
  const { atHome, waiting } = useFollowed(() => {
    const { kind } = state.place.value;
    return { atHome: kind === "home" || kind === "dm", waiting: homeWaiting(state) };
  });
  const rail = useRoving<HTMLElement>();
  return (
    <nav ref={rail} class="rail" aria-label={t("nav.guilds")}>
      <ul class="rail-list">
        <li class={atHome ? "rail-item here" : waiting > 0 ? "rail-item unread" : "rail-item"}>
          <a
            class="rail-home"
            data-stop
            {...menuHandlers(state, { kind: "home" })}
            href="/home"
            title={t("nav.conversations")}
            aria-label={waiting > 0
              ? t("nav.conversationsWaiting", { n: waiting })
              : t("nav.conversations")}
            aria-current={atHome ? "page" : undefined}
          >
            <Icon name="chat" />
            {waiting > 0 && <span class="badge" aria-hidden="true">{cap(waiting)}</span>}
          </a>
        </li>
        <RailInbox />
        <li class="rail-line" aria-hidden="true" />
        {state.guilds.value.map((guild) => <RailGuild key={guild.id} guild={guild} />)}
        <li class="rail-item">
          <button
            type="button"
            class="rail-add"
            data-stop
            title={t("guild.create")}
            aria-label={t("guild.create")}
            onClick={() => state.overlay.value = { kind: "createGuild" }}
          >
            <Icon name="plus" />
          </button>
        </li>
      </ul>
    </nav>
  );
}

/** What waits anywhere, in one place. */
function RailInbox() {
  const state = useChat();
  const { mentions } = useFollowed(() => ({ mentions: allShown(state).mentions }));
  return (
    <li class="rail-item">
      <button
        type="button"
        class="rail-inbox"
        data-stop
        title={withKey(state, t("inbox.title"), "inbox")}
        aria-label={mentions > 0 ? t("inbox.waiting", { n: mentions }) : t("inbox.title")}
        onClick={() => state.overlay.value = { kind: "inbox" }}
      >
        <Icon name="inbox" />
        {mentions > 0 && <span class="badge" aria-hidden="true">{cap(mentions)}</span>}
      </button>
    </li>
  );
}

function RailGuild({ guild }: { guild: Guild }) {
  const state = useChat();
  const { here, unread, mentions, muted } = useFollowed(() => {
    const place = state.place.value;
    const shown = guildShown(state, guild);
    return {
      here: (place.kind === "guild" || place.kind === "channel") && place.guildId === guild.id,
      unread: shown.unread > 0,
      mentions: shown.mentions,
      muted: shown.muted,
    };
  }, [guild]);
  const label = mentions > 0
    ? t("nav.guildMentions", { name: guild.name, n: mentions })
    : unread
    ? t("nav.guildUnread", { name: guild.name })
    : guild.name;
  const classes = ["rail-item", here ? "here" : unread && "unread", muted && "muted"]
    .filter(Boolean).join(" ");
  return (
    <li class={classes}>
      <a
        href={guildPath(guild.id)}
        data-stop
        {...menuHandlers(state, { kind: "guild", guild })}
        title={guild.name}
        aria-label={muted ? `${label}, ${t("knowing.mutedNote")}` : label}
        aria-current={here ? "page" : undefined}
      >
        <Avatar id={guild.id} name={guild.name} uri={guild.icon} size="l" guild />
        {mentions > 0 && <span class="badge" aria-hidden="true">{cap(mentions)}</span>}
      </a>
    </li>
  );
}

/** Three digits are as good as a thousand. */
export function cap(count: number): string {
  return count > 99 ? "99+" : String(count);
}
