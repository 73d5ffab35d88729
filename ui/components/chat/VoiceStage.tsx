import type { Channel } from "../../../core/api/channel.ts";
import type { Guild } from "../../../core/api/guild.ts";
import type { VoiceParticipant } from "../../../core/api/voice.ts";
import { useLazy } from "../../lib/browser/use_lazy.ts";
import { canJoin, joinVoice } from "../../lib/browser/join_voice.ts";
import { t } from "../../lib/i18n/t.ts";
import { Avatar } from "../Avatar.tsx";
import { Icon } from "../Icon.tsx";
import { useChat } from "./chat_context.ts";
import { Marks, personName, Standing, standingOf, voiceRef } from "./VoicePeople.tsx";

/** The call of a voice channel, above what is written in it. */
export default function VoiceStage({ channel, guild }: { channel: Channel; guild: Guild }) {
  const state = useChat();
  const at = voiceRef(channel);
  const people = state.voice.peopleIn(at);
  const call = state.voice.call.value;
  const here = call !== undefined && call.phase !== "stopped" &&
    call.spot.channel_id === channel.id && call.spot.room_id === channel.room_id;
  return (
    <section class="voice-stage" aria-label={t("call.in", { name: channel.name })}>
      <ShowSlot at={at} guildId={guild.id} />
      {people.length === 0
        ? <p class="muted grow">{t("call.joinText")}</p>
        : (
          <ul class="voice-tiles grow">
            {people.map((one) => <Tile key={one.session} one={one} guildId={guild.id} at={at} />)}
          </ul>
        )}
      {here
        ? (
          <span class="tag accent">
            <Icon name="voice" small />
            {t("call.here")}
          </span>
        )
        : canJoin(state, channel)
        ? (
          <button
            type="button"
            class="button primary"
            onClick={() => joinVoice(state, guild, channel)}
          >
            <Icon name="voice" />
            {t("call.join")}
          </button>
        )
        : <span class="small muted">{t("call.noRight")}</span>}
    </section>
  );
}

/** What people show, once somebody does. */
export function ShowSlot(place: {
  at: { readonly room_id: string; readonly channel_id: string };
  guildId: string | null;
}) {
  const isShown = useChat().voice.peopleIn(place.at).some(({ shows }) => shows.length > 0);
  const Stage = useLazy(isShown, () => import("../voice/ShowStage.tsx"));
  return Stage && isShown ? <Stage {...place} /> : null;
}

/** Somebody in a call, with how they stand in it. */
export function Tile({ one, guildId, at }: {
  one: VoiceParticipant;
  guildId: string | null;
  at: { readonly room_id: string; readonly channel_id: string };
}) {
  const state = useChat();
  const name = personName(state, guildId, one);
  const speaks = state.voice.speaks(at, one.session);
  return (
    <li>
      <button
        type="button"
        class={speaks ? "voice-tile speaks" : "voice-tile"}
        title={t("call.about", { name })}
        aria-haspopup="dialog"
        onClick={() =>
          state.overlay.value = {
            kind: "callPerson",
            guildId,
            room_id: at.room_id,
            channel_id: at.channel_id,
            userId: one.user.id,
          }}
      >
        <Avatar
          id={one.user.id}
          name={name}
          uri={state.memberOf(guildId, one.user.id)?.guild_avatar ?? one.user.avatar}
          size="m"
        />
        <span class="clip">{name}</span>
        {speaks && <span class="sr">{t("call.speaks")}</span>}
        <Marks one={one} />
        <Standing standing={standingOf(one)} />
      </button>
    </li>
  );
}
