import type { Channel } from "../../../core/api/channel.ts";
import type { Guild } from "../../../core/api/guild.ts";
import type { VoiceParticipant } from "../../../core/api/voice.ts";
import { menuHandlers } from "../../lib/browser/place_menu.ts";
import { memberName, nameOf } from "../../lib/format/names.ts";
import { t } from "../../lib/i18n/t.ts";
import type { ChatState } from "../../lib/store/chat.ts";
import { Avatar } from "../Avatar.tsx";
import { Icon, type IconName } from "../Icon.tsx";
import { useChat } from "./chat_context.ts";

export const voiceRef = ({ id, room_id }: Channel) => ({ room_id, channel_id: id });

/** How somebody is called in this guild. */
export function personName(
  state: ChatState,
  guildId: string | null,
  one: VoiceParticipant,
): string {
  const member = guildId === null ? undefined : state.memberOf(guildId, one.user.id);
  return member ? memberName(member) : nameOf(one.user);
}

/** What keeps somebody from being heard, or from hearing; the gravest alone. */
export function standingOf(one: VoiceParticipant) {
  if (one.server_deafened) return "serverDeafened";
  if (one.server_muted) return "serverMuted";
  if (one.deafened) return "deafened";
  if (one.muted) return "muted";
  return one.connected ? undefined : "arriving";
}

/** Who is in a voice channel, and who speaks. */
export function VoicePeople({ channel, guild }: { channel: Channel; guild: Guild }) {
  const state = useChat();
  const at = voiceRef(channel);
  return (
    <ul class="voice-people" aria-label={t("call.insideIn", { name: channel.name })}>
      {state.voice.peopleIn(at).map((one) => (
        <li key={one.session}>
          <Person one={one} channel={channel} guild={guild} />
        </li>
      ))}
    </ul>
  );
}

function Person(
  { one, channel, guild }: { one: VoiceParticipant; channel: Channel; guild: Guild },
) {
  const state = useChat();
  const at = voiceRef(channel);
  const name = personName(state, guild.id, one);
  const speaks = state.voice.speaks(at, one.session);
  const standing = standingOf(one);
  return (
    <button
      type="button"
      class={speaks ? "side-row voice-person speaks" : "side-row voice-person"}
      data-stop
      title={t("call.about", { name })}
      aria-haspopup="dialog"
      onClick={() =>
        state.overlay.value = {
          kind: "callPerson",
          guildId: guild.id,
          ...at,
          userId: one.user.id,
        }}
      {...menuHandlers(state, {
        kind: "person",
        userId: one.user.id,
        name,
        guildId: guild.id,
        voice: at,
      })}
    >
      <Avatar
        id={one.user.id}
        name={name}
        uri={state.memberOf(guild.id, one.user.id)?.guild_avatar ?? one.user.avatar}
        size="s"
      />
      <span class="clip grow">{name}</span>
      {one.user.id === state.self.value.user.id && <span class="sr">{t("call.you")}</span>}
      {speaks && <span class="sr">{t("call.speaks")}</span>}
      <Marks one={one} />
      <Standing standing={standing} />
    </button>
  );
}

/** What everybody is to know of somebody in a call. */
export function Marks({ one }: { one: VoiceParticipant }) {
  return (
    <>
      {one.user.bot && <span class="tag accent">{t("user.bot")}</span>}
      {one.recording && <Mark icon="record" class="records" text={t("call.records")} />}
      {one.shows.length > 0 && (
        <span
          class="tag danger"
          title={one.shows.map((each) => t(`show.live.${each}`)).join(", ")}
        >
          {t("show.live")}
        </span>
      )}
      {one.priority && <Mark icon="first" text={t("call.hasPriority")} />}
    </>
  );
}

function Mark(props: { icon: IconName; text: string; class?: string }) {
  return (
    <span class={props.class ? `voice-standing ${props.class}` : "voice-standing"}>
      <Icon name={props.icon} small />
      <span class="sr">{props.text}</span>
    </span>
  );
}

export function Standing({ standing }: { standing: ReturnType<typeof standingOf> }) {
  if (standing === undefined) return null;
  const icon = standing === "arriving"
    ? "clock"
    : standing === "muted" || standing === "serverMuted"
    ? "mic_off"
    : "deaf";
  const byOthers = standing === "serverMuted" || standing === "serverDeafened";
  return (
    <span class={byOthers ? "voice-standing by-others" : "voice-standing"}>
      <Icon name={icon} small />
      <span class="sr">{t(`call.is.${standing}`)}</span>
    </span>
  );
}
