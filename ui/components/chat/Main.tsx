import { useEffect, useState } from "preact/hooks";
import type { Channel } from "../../../core/api/channel.ts";
import type { Dm, PairDm } from "../../../core/api/gateway.ts";
import { channelIcon } from "../../lib/format/channel_icon.ts";
import { dmName } from "../../lib/format/dm_name.ts";
import { nameOf, serverOf } from "../../lib/format/names.ts";
import { can } from "../../lib/format/rights.ts";
import { writeBlock } from "../../lib/format/write_block.ts";
import { withKey } from "../../lib/keys/with_key.ts";
import { withTexts } from "../../lib/i18n/later.ts";
import { t } from "../../lib/i18n/t.ts";
import { isEncrypted } from "../../lib/browser/privacy.ts";
import { useLazy } from "../../lib/browser/use_lazy.ts";
import { askBack, declineDm } from "../../lib/browser/close_dm.ts";
import { acceptDm } from "../../lib/browser/guilds.ts";
import { openThread } from "../../lib/browser/history.ts";
import { Later } from "../../lib/browser/hydrate_later.ts";
import { goToPresent } from "../../lib/browser/present.ts";
import { toggleAnnouncing } from "../../lib/browser/announce.ts";
import { showToast } from "../../lib/browser/toast.ts";
import { beginSelection } from "../../lib/browser/select_messages.ts";
import type { ChatState } from "../../lib/store/chat.ts";
import { type Encryptable, facts } from "../../lib/store/encryptable.ts";
import { plainText } from "../../lib/store/links.ts";
import {
  channelOf,
  dmOf,
  guildOf,
  isTalk,
  pathOf,
  placeKey,
  type TalkPlace,
  threadPlace,
  withoutThread,
} from "../../lib/store/place.ts";
import { openSearchPanel } from "../../lib/search/open_panel.ts";
import { Drawing } from "../Drawing.tsx";
import { Icon } from "../Icon.tsx";
import { CallSlot } from "./CallSlot.tsx";
import { CallButton, ConversationCallSlot } from "./ConversationCallSlot.tsx";
import { useChat } from "./chat_context.ts";
import { Composer } from "./Composer.tsx";
import { ConnectionBar } from "./ConnectionBar.tsx";
import { DmFace } from "./DmFace.tsx";
import { AwayNotice, CheckingNotice, MovedNotice, RivalNotice } from "./GuildNotices.tsx";
import { HintLine } from "./HintLine.tsx";
import { Home } from "./Home.tsx";
import { LeaveItem } from "./LeaveItem.tsx";
import { Menu, MenuButton } from "./Menu.tsx";
import { NotifyItems } from "./NotifyItems.tsx";
import { PrivateItems } from "./PrivateItems.tsx";
import { NavButton } from "./NavButton.tsx";
import { Timelines } from "./Timeline.tsx";

/** What is open: a channel, a conversation, or the start. */
export function Main() {
  const state = useChat();
  const place = state.place.value;
  const channel = channelOf(state.known, place);
  const dm = dmOf(state.known, place);
  const talks = isTalk(place) && (channel ? !isSilent(state, channel) : dm && !isInvited(dm));
  const talk = talks ? withoutThread(place) : undefined;
  return (
    <main class="main" id="main" tabIndex={-1}>
      <ConnectionBar />
      <CallSlot />
      {channel ? <ChannelTop channel={channel} /> : dm ? <DmTop dm={dm} /> : <Home />}
      {talk && (
        <Later first>
          <Timelines place={talk} />
        </Later>
      )}
      {talk && channel && <ChannelFoot channel={channel} place={talk} />}
      {talk && dm && (
        <Later first>
          <DmFoot dm={dm} place={talk} />
        </Later>
      )}
    </main>
  );
}

/** Voice is off on this server, and with it what is written beside it. */
function isSilent(state: ChatState, channel: Channel): boolean {
  return channel.kind === "voice" && !state.server.voice;
}

function isInvited(dm: Dm): dm is PairDm & { state: "invited" } {
  return dm.kind === "pair" && dm.state === "invited";
}

function ChannelTop({ channel }: { channel: Channel }) {
  const state = useChat();
  const guild = guildOf(state.known, state.place.value);
  const isVoice = channel.kind === "voice" && state.server.voice;
  const Stage = useLazy(isVoice, () => import("./VoiceStage.tsx"));
  if (!guild) return null;
  return (
    <>
      <Later first>
        <header class="main-head">
          <NavButton />
          <Icon name={channelIcon(channel)} />
          <h1 class="clip">{channel.name}</h1>
          {channel.private && <EncryptionTag target={{ kind: "channel", channel }} />}
          {channel.topic && <TopicButton name={channel.name} topic={channel.topic} />}
          <span class="grow" />
          <HeadTools channel={channel} />
        </header>
      </Later>
      <CheckingNotice checking={guild.checking} />
      <RivalNotice guild={guild} />
      <MovedNotice successor={guild.successor} />
      <AwayNotice away={guild.away} />
      <EncryptionNotice roomId={channel.room_id} name={guild.name} />
      {Stage && isVoice && <Stage channel={channel} guild={guild} />}
      {isSilent(state, channel) && (
        <div class="empty">
          <Drawing name="seats" />
          <h2>{channel.name}</h2>
          <p>{t(`voice.absent.${state.server.voice_absence ?? "off"}`)}</p>
        </div>
      )}
    </>
  );
}

function ChannelFoot({ channel, place }: { channel: Channel; place: TalkPlace }) {
  const state = useChat();
  const guild = guildOf(state.known, place);
  if (!guild) return null;
  const blocked = writeBlock(guild, channel, {
    right: "SEND",
    nowMs: state.now.value,
    timeZone: state.timeZone.value,
  });
  return (
    <>
      <HintLine guild={guild} place={place} mayWrite={blocked === null} />
      <Later first>
        <Composer
          key={placeKey(place)}
          place={place}
          placeholder={channel.encrypted
            ? t("composer.sealedChannel", { name: channel.name })
            : t("composer.channel", { name: channel.name })}
          blocked={blocked}
          canAttach={can(channel.permissions, "ATTACH")}
          slowModeS={channel.slow_mode_s}
        />
      </Later>
    </>
  );
}

/** Not encrypted, encrypted, or that between verified devices alone; a press tells more of it. */
function EncryptionTag({ target }: { target: Encryptable }) {
  const state = useChat();
  const { room_id: roomId } = facts(target);
  const kind = !isEncrypted(state, roomId)
    ? "not"
    : state.verified.value.has(roomId)
    ? "verified"
    : "on";
  const inner = (
    <>
      <Icon name={kind === "not" ? "lock_open" : "lock"} small />
      <span>{t(`lock.${kind}`)}</span>
    </>
  );
  const look = kind === "not" ? "tag" : "tag accent";
  if (target.kind === "dm" && target.dm.state !== "joined") {
    return <span class={look} title={t(`lock.${kind}Long`)}>{inner}</span>;
  }
  return (
    <button
      type="button"
      class={`${look} press`}
      aria-label={t(`lock.${kind}`)}
      title={t(`lock.${kind}Long`)}
      aria-haspopup="dialog"
      onClick={() =>
        state.overlay.value = kind === "not"
          ? { kind: "encrypt", target }
          : { kind: "roomHealth", roomId }}
    >
      {inner}
    </button>
  );
}

/** What an encrypted conversation waits for, if anything. Its script comes with the first one. */
function EncryptionNotice({ roomId, name }: { roomId: string; name: string }) {
  const encrypted = isEncrypted(useChat(), roomId);
  const Bar = useLazy(encrypted, () => import("./EncryptionBar.tsx"));
  return encrypted && Bar ? <Bar roomId={roomId} name={name} /> : null;
}

/** The beginning of the topic; a press shows all of it. */
function TopicButton({ name, topic }: { name: string; topic: string }) {
  const state = useChat();
  return (
    <button
      type="button"
      class="topic clip grow"
      title={t("topic.show")}
      aria-haspopup="dialog"
      onClick={() => state.overlay.value = { kind: "topic", name, topic }}
    >
      <span class="sr">{t("topic.label")}</span>
      {plainText(state, topic.split("\n")[0] ?? "")}
    </button>
  );
}

function HeadTools({ channel, dm }: { channel?: Channel; dm?: Dm }) {
  const state = useChat();
  return (
    <>
      <button
        type="button"
        class="icon-button not-tiny"
        title={t("pins.title")}
        aria-label={t("pins.title")}
        onClick={() => state.overlay.value = { kind: "pins" }}
      >
        <Icon name="pin" />
      </button>
      {channel && !channel.encrypted && (
        <button
          type="button"
          class="icon-button not-tiny"
          title={t("thread.list")}
          aria-label={t("thread.list")}
          aria-haspopup="dialog"
          onClick={() => state.overlay.value = { kind: "threads" }}
        >
          <Icon name="thread" />
        </button>
      )}
      {dm?.state !== "invited" && <SearchButton />}
      {(channel || dm?.kind === "group") && <MembersButton />}
      <MoreMenu channel={channel} />
    </>
  );
}

/** Opens the search; without scripts its page. */
function SearchButton() {
  const state = useChat();
  const place = state.place.value;
  if (!isTalk(place)) return null;
  return (
    <form
      action="/search"
      method="get"
      onSubmit={(event) => {
        event.preventDefault();
        openSearchPanel(state, state.finding.value ?? "all");
      }}
    >
      <input type="hidden" name="at" value={pathOf(state.known, place)} />
      <button
        type="submit"
        class="search-button"
        title={withKey(state, t("search.title"), "searchHere")}
        aria-label={t("search.title")}
      >
        <Icon name="search" />
        <span aria-hidden="true">{t("search.button")}</span>
      </button>
    </form>
  );
}

/** What is needed now and then, and what has no room on a narrow screen. */
function MoreMenu({ channel }: { channel: Channel | undefined }) {
  const state = useChat();
  const place = state.place.value;
  const { topic } = channel ?? {};
  const dm = dmOf(state.known, place);
  const Acts = useLazy(dm !== undefined, () => import("./DmMenuItems.tsx"));
  return (
    <Menu label={t("main.more")} icon="more">
      <span class="only-tiny">
        <MenuButton icon="pin" onClick={() => state.overlay.value = { kind: "pins" }}>
          {t("pins.title")}
        </MenuButton>
      </span>
      {channel && !channel.encrypted && (
        <span class="only-tiny">
          <MenuButton icon="thread" onClick={() => state.overlay.value = { kind: "threads" }}>
            {t("thread.list")}
          </MenuButton>
        </span>
      )}
      <MenuButton icon="right" onClick={() => state.overlay.value = { kind: "switcher" }}>
        {t("switcher.title")}
      </MenuButton>
      {channel && topic && (
        <MenuButton
          icon="info"
          onClick={() => state.overlay.value = { kind: "topic", name: channel.name, topic }}
        >
          {t("topic.show")}
        </MenuButton>
      )}
      {place.kind === "channel" && <NotifyItems place={place} />}
      {dm && Acts && <Acts dm={dm} />}
      {channel?.private && place.kind === "channel" && (
        <PrivateItems channel={channel} guildId={place.guildId} />
      )}
      {isTalk(place) && (
        <MenuButton icon="check" onClick={() => goToPresent(state, place)}>
          {t("place.markRead")}
        </MenuButton>
      )}
      <MenuButton icon="calendar" onClick={() => state.overlay.value = { kind: "jumpToDate" }}>
        {t("date.title")}
      </MenuButton>
      {isTalk(place) && (
        <MenuButton
          icon="check"
          onClick={() => beginSelection(state, placeKey(withoutThread(place)))}
        >
          {t("select.begin")}
        </MenuButton>
      )}
      <MenuButton
        icon="voice"
        onClick={() => showToast(state, toggleAnnouncing(state) ? t("log.isOn") : t("log.isOff"))}
      >
        {state.announcer?.on === false ? t("log.turnOn") : t("log.turnOff")}
      </MenuButton>
      <LeaveItem dm={dm} />
    </Menu>
  );
}

const NARROW = "(max-width: 63.99rem)";

function MembersButton() {
  const state = useChat();
  // On a narrow screen the list is a panel of its own, and closed until it is asked for.
  const [narrow, setNarrow] = useState(false);
  useEffect(() => {
    const query = matchMedia(NARROW);
    const look = () => setNarrow(query.matches);
    look();
    query.addEventListener("change", look);
    return () => query.removeEventListener("change", look);
  }, []);
  const beside = threadPlace(state.place.value) !== undefined;
  const shown = narrow
    ? state.panel.value === "members"
    : state.membersOpen.value && state.finding.value === null && !beside;
  const toggle = () => {
    if (narrow) return void (state.panel.value = shown ? "main" : "members");
    // Search, a thread and members have one place.
    state.finding.value = null;
    if (beside) openThread(state, null);
    state.membersOpen.value = !shown;
  };
  return (
    <button
      type="button"
      class="icon-button"
      title={t("nav.members")}
      aria-label={t("nav.members")}
      aria-pressed={shown ? "true" : "false"}
      onClick={toggle}
    >
      <Icon name="people" />
    </button>
  );
}

/** The other one has left: what is written now waits until they come back. */
function LeftNotice({ dm }: { dm: PairDm }) {
  const state = useChat();
  return (
    <div class="guild-notice row-tight wrap" role="status">
      <Icon name="leave" small />
      <span class="grow">{t("dm.leftLine", { name: nameOf(dm.user) })}</span>
      <button type="button" class="button small" onClick={() => void askBack(state, dm)}>
        {t("dm.askBack")}
      </button>
    </div>
  );
}

/** Who came and went in a conversation of several: fetched when that changes, and after a gap. */
function useGroupChanges(dm: Dm): void {
  const state = useChat();
  const gap = state.connection.value === "reconnecting";
  const now = dm.kind === "group" &&
    JSON.stringify([dm.room_id, dm.name, dm.icon, dm.owner, dm.people]);
  useEffect(() => {
    if (now === false || gap) return;
    void withTexts(import("../../lib/browser/group_changes.ts")).then(
      ({ loadChanges }) => loadChanges(state, dm.room_id),
      () => undefined,
    );
  }, [now, gap]);
}

function DmTop({ dm }: { dm: Dm }) {
  const state = useChat();
  useGroupChanges(dm);
  const name = dmName(dm, state.self.value.user.id);
  return (
    <>
      <Later first>
        <header class="main-head">
          <NavButton />
          <DmFace dm={dm} size="s" />
          <h1 class="clip">
            <button
              type="button"
              class="plain"
              title={dm.kind === "group" ? t("group.look") : undefined}
              onClick={() =>
                state.overlay.value = dm.kind === "group"
                  ? { kind: "groupLook", roomId: dm.room_id }
                  : { kind: "profile", userId: dm.user.id, guildId: null }}
            >
              {name}
            </button>
          </h1>
          {/* Whether one that this server has no part in yet is encrypted is not known here. */}
          {(dm.encrypted || !isInvited(dm)) && <EncryptionTag target={{ kind: "dm", dm }} />}
          <span class="grow" />
          <CallButton dm={dm} />
          <HeadTools dm={dm} />
        </header>
      </Later>
      {isInvited(dm)
        ? (
          <div class="empty">
            <Drawing name="letter" />
            <h2>{t("dm.invitedTitle", { name })}</h2>
            <p>{t("dm.invitedText", { server: serverOf(dm.user.id) })}</p>
            <div class="row wrap center-row">
              <button
                type="button"
                class="button primary"
                onClick={() => acceptDm(state, dm.room_id)}
              >
                {t("dm.accept")}
              </button>
              <button type="button" class="button" onClick={() => declineDm(state, dm)}>
                {t("invitation.decline")}
              </button>
            </div>
          </div>
        )
        : (
          <>
            <EncryptionNotice roomId={dm.room_id} name={name} />
            <ConversationCallSlot dm={dm} />
            {dm.kind === "pair" && dm.state === "left" && <LeftNotice dm={dm} />}
          </>
        )}
    </>
  );
}

function DmFoot({ dm, place }: { dm: Dm; place: TalkPlace }) {
  const name = dmName(dm, useChat().self.value.user.id);
  return (
    <Composer
      key={placeKey(place)}
      place={place}
      placeholder={t(dm.encrypted ? "composer.sealedDm" : "composer.dm", { name })}
      blocked={null}
      canAttach
      slowModeS={0}
    />
  );
}
