import type { Dm } from "../../../core/api/gateway.ts";
import type { Guild } from "../../../core/api/guild.ts";
import { dmName } from "../../lib/format/dm_name.ts";
import { foreignServer } from "../../lib/format/names.ts";
import { dmPath, guildPath } from "../../lib/format/paths.ts";
import { can } from "../../lib/format/rights.ts";
import { menuHandlers } from "../../lib/browser/place_menu.ts";
import { useFollowed } from "../../lib/browser/use_followed.ts";
import { useRoving } from "../../lib/browser/use_roving.ts";
import { peopleInCall } from "../../lib/browser/conversation_call.ts";
import { t } from "../../lib/i18n/t.ts";
import type { ChatState } from "../../lib/store/chat.ts";
import { guildOf } from "../../lib/store/place.ts";
import { askingFriends, dmShown, shownDms } from "../../lib/store/attention.ts";
import { Footer } from "../Footer.tsx";
import { Icon } from "../Icon.tsx";
import { ChannelList } from "./ChannelList.tsx";
import { MutedMark } from "./MutedMark.tsx";
import { CallSlot } from "./CallSlot.tsx";
import { useChat } from "./chat_context.ts";
import { DmFace } from "./DmFace.tsx";
import { GuildMenuItems } from "./GuildMenuItems.tsx";
import { InvitationList } from "./InvitationList.tsx";
import { Menu, MenuButton } from "./Menu.tsx";
import { cap } from "./Rail.tsx";
import { UserPanel } from "./UserPanel.tsx";

/** Channels of the guild, or conversations; the own card at the bottom. */
export function Sidebar() {
  const state = useChat();
  const { guild } = useFollowed(() => ({ guild: guildOf(state.known, state.place.value) }));
  const list = useRoving<HTMLElement>();
  return (
    <div class="side">
      {guild ? <GuildHead guild={guild} /> : <HomeHead />}
      <nav
        ref={list}
        class="side-scroll"
        aria-label={guild ? t("nav.channels") : t("nav.conversations")}
      >
        {guild ? <ChannelList guild={guild} /> : (
          <>
            <FriendsRow />
            <InvitationList />
            <DmList />
          </>
        )}
      </nav>
      <CallSlot />
      <UserPanel />
      <Footer
        version={state.server.version}
        sourceUrl={state.props.sourceUrl}
        abuseContact={state.props.abuseContact}
      />
    </div>
  );
}

async function readAll(state: ChatState, guild: Guild): Promise<void> {
  const { markGuildRead } = await import("../../lib/browser/mark_all_read.ts");
  await markGuildRead(state, guild);
}

function GuildHead({ guild }: { guild: Guild }) {
  const state = useChat();
  const { permissions } = guild;
  return (
    <header class="side-head">
      <h2 class="clip grow">{guild.name}</h2>
      {guild.knocking > 0 && (
        <a
          class="icon-button knocks"
          href={`${guildPath(guild.id)}/settings/requests`}
          title={t("knock.waiting", { n: guild.knocking })}
          aria-label={t("knock.waiting", { n: guild.knocking })}
        >
          <Icon name="person" />
          <span class="badge" aria-hidden="true">{cap(guild.knocking)}</span>
        </a>
      )}
      {can(permissions, "CREATE_INVITE") && (
        <button
          type="button"
          class="icon-button"
          title={t("invite.people")}
          aria-label={t("invite.people")}
          onClick={() =>
            state.overlay.value = { kind: "invite", guildId: guild.id, channelId: null }}
        >
          <Icon name="people" />
        </button>
      )}
      <Menu label={t("guild.menu", { name: guild.name })} icon="down">
        <MenuButton icon="check" onClick={() => void readAll(state, guild)}>
          {t("place.markRead")}
        </MenuButton>
        {can(permissions, "MANAGE_CHANNELS") && (
          <MenuButton
            icon="plus"
            onClick={() =>
              state.overlay.value = { kind: "createChannel", guildId: guild.id, parent: null }}
          >
            {t("channel.create")}
          </MenuButton>
        )}
        <GuildMenuItems guild={guild} />
      </Menu>
    </header>
  );
}

function HomeHead() {
  const state = useChat();
  return (
    <header class="side-head">
      <h2 class="clip grow">{t("nav.conversations")}</h2>
      <button
        type="button"
        class="icon-button"
        title={t("dm.start")}
        aria-label={t("dm.start")}
        onClick={() => state.overlay.value = { kind: "startDm" }}
      >
        <Icon name="plus" />
      </button>
    </header>
  );
}

/** Opens the list of friends; says how many ask. */
function FriendsRow() {
  const state = useChat();
  const asking = askingFriends(state);
  return (
    <button
      type="button"
      class={asking > 0 ? "side-row unread" : "side-row"}
      data-stop
      onClick={() => state.overlay.value = { kind: "friends" }}
    >
      <Icon name="people" />
      <span class="grow clip">{t("friend.title")}</span>
      {asking > 0 && (
        <span class="badge" aria-label={t("friend.askingCount", { n: asking })}>
          {cap(asking)}
        </span>
      )}
    </button>
  );
}

function DmList() {
  const state = useChat();
  const dms = shownDms(state);
  if (dms.length === 0) {
    return (
      <div class="side-hint stack-tight">
        <p>{t("dm.none")}</p>
        <div>
          <button
            type="button"
            class="button small"
            onClick={() => state.overlay.value = { kind: "startDm" }}
          >
            {t("dm.start")}
          </button>
        </div>
      </div>
    );
  }
  return <ul class="side-list">{dms.map((dm) => <DmRow key={dm.room_id} dm={dm} />)}</ul>;
}

function DmRow({ dm }: { dm: Dm }) {
  const state = useChat();
  const { here, unread, mentions, muted } = useFollowed(() => {
    const place = state.place.value;
    return {
      here: place.kind === "dm" && place.roomId === dm.room_id,
      ...dmShown(state, dm),
    };
  }, [dm]);
  const name = dmName(dm, state.self.value.user.id);
  const inCall = peopleInCall(state, dm).length;
  const missed = state.voice.missedIn(dm) !== undefined;
  const note = inCall > 0
    ? t("ring.inCall", { n: inCall })
    : missed
    ? t("ring.missed")
    : noteOf(dm, state.server.name);
  return (
    <li>
      <a
        class={["side-row dm", here ? "here" : unread > 0 && "unread", muted && "muted"]
          .filter(Boolean).join(" ")}
        href={dmPath(dm.room_id)}
        data-stop
        {...menuHandlers(state, { kind: "dm", dm })}
        aria-current={here ? "page" : undefined}
      >
        <DmFace dm={dm} size="m" />
        <span class="grow clip">
          <span class="clip block">{name}</span>
          {note !== undefined && (
            <span
              class={inCall > 0
                ? "tiny clip block dm-in-call"
                : missed
                ? "tiny clip block dm-missed"
                : "tiny faint clip block"}
            >
              {note}
            </span>
          )}
        </span>
        {muted && <MutedMark />}
        {mentions > 0
          ? <span class="badge" aria-label={t("nav.unread", { n: unread })}>{cap(unread)}</span>
          : unread > 0 && <span class="sr">{t("nav.unread", { n: unread })}</span>}
      </a>
    </li>
  );
}

/** How far the conversation is, whose it is, or how many are in it. */
function noteOf(dm: Dm, ownServer: string): string | undefined {
  if (dm.kind === "group") return t("group.people", { n: dm.people.length });
  if (dm.state === "joined") return foreignServer(dm.user.id, ownServer);
  return t(`dm.${dm.state}`);
}
