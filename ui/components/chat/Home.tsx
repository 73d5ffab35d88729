import { guildPath } from "../../lib/format/paths.ts";
import { can } from "../../lib/format/rights.ts";
import { t } from "../../lib/i18n/t.ts";
import { guildOf } from "../../lib/store/place.ts";
import { Avatar } from "../Avatar.tsx";
import { Drawing } from "../Drawing.tsx";
import { Icon } from "../Icon.tsx";
import { useChat } from "./chat_context.ts";
import { KeyCaps } from "../KeyCaps.tsx";
import { NavButton } from "./NavButton.tsx";

/** The start: what to do where nothing is open. */
export function Home() {
  const state = useChat();
  const place = state.place.value;
  const guild = guildOf(state.known, place);
  if (guild) {
    return (
      <>
        <header class="main-head">
          <NavButton />
          <h1 class="clip">{guild.name}</h1>
        </header>
        <div class="empty">
          <Drawing name="quiet" />
          <h2>{t("guild.noChannels")}</h2>
          <p>{t("guild.noChannelsText")}</p>
          {can(guild.permissions, "MANAGE_CHANNELS") && (
            <button
              type="button"
              class="button primary"
              onClick={() =>
                state.overlay.value = { kind: "createChannel", guildId: guild.id, parent: null }}
            >
              <Icon name="plus" /> {t("channel.create")}
            </button>
          )}
        </div>
      </>
    );
  }
  const first = state.guilds.value.length === 0;
  return (
    <>
      <header class="main-head">
        <NavButton />
        <Icon name="chat" />
        <h1 class="clip">{t("home.title")}</h1>
      </header>
      <div class="empty home">
        <Drawing name="table" />
        <h2>{first ? t("home.first") : t("home.welcome")}</h2>
        <p>{first ? t("home.firstText") : t("home.welcomeText")}</p>
        {!first && <Guilds />}
        <Doors />
        {!first && (
          <p class="small muted hint-keys">
            {t("home.keys")} <KeyCaps combo="Ctrl+K" mac={false} />
          </p>
        )}
      </div>
    </>
  );
}

/** On a phone the guilds stand here too: their rail is folded away, and one has just come in. */
function Guilds() {
  return (
    <ul class="home-guilds" aria-label={t("nav.guilds")}>
      {useChat().guilds.value.map((guild) => (
        <li key={guild.id}>
          <a class="side-row" href={guildPath(guild.id)}>
            <Avatar id={guild.id} name={guild.name} uri={guild.icon} guild />
            <span class="clip">{guild.name}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}

/** Where to go from here. */
function Doors() {
  const state = useChat();
  return (
    <div class="row wrap center-row">
      <button
        type="button"
        class="button primary"
        onClick={() => state.overlay.value = { kind: "createGuild" }}
      >
        <Icon name="plus" /> {t("guild.create")}
      </button>
      <button
        type="button"
        class="button"
        onClick={() => state.overlay.value = { kind: "startDm" }}
      >
        <Icon name="chat" /> {t("dm.start")}
      </button>
      <button
        type="button"
        class="button"
        onClick={() => state.overlay.value = { kind: "friends" }}
      >
        <Icon name="people" /> {t("friend.title")}
      </button>
      <a class="button" href="/discover">
        <Icon name="search" /> {t("discover.title")}
      </a>
    </div>
  );
}
