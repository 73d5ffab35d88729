import { useState } from "preact/hooks";
import type { Channel } from "../../../core/api/channel.ts";
import type { VoiceParticipant } from "../../../core/api/voice.ts";
import type { CallInput } from "../../lib/api/types.ts";
import { callApi } from "../../lib/browser/browser_api.ts";
import { handleOf, nameOf } from "../../lib/format/names.ts";
import { can } from "../../lib/format/rights.ts";
import { t } from "../../lib/i18n/t.ts";
import type { Overlay } from "../../lib/store/chat.ts";
import { LOUDEST_PERCENT, readVoiceChoices } from "../../lib/voice/choices.ts";
import { useChat } from "../chat/chat_context.ts";
import { Dialog } from "../chat/Dialog.tsx";
import { useSubmit } from "../chat/overlays/use_submit.ts";
import { Marks, personName, Standing, standingOf } from "../chat/VoicePeople.tsx";
import { Avatar } from "../Avatar.tsx";
import { Icon, type IconName } from "../Icon.tsx";

/** Somebody in a call: how loud they are here, and what moderators can do. */
export default function CallPerson(
  { overlay }: { overlay: Extract<Overlay, { kind: "callPerson" }> },
) {
  const state = useChat();
  const one = state.voice.peopleIn(overlay).find(({ user }) => user.id === overlay.userId);
  const guild = state.guilds.value.find(({ id }) => id === overlay.guildId);
  const channel = guild?.channels.find(({ id, room_id }) =>
    id === overlay.channel_id && room_id === overlay.room_id
  );
  const name = one ? personName(state, overlay.guildId, one) : nameOf(state.userOf(overlay.userId));
  const others =
    guild?.channels.filter((each) => each.kind === "voice" && !each.archived && each !== channel) ??
      [];
  const self = overlay.userId === state.self.value.user.id;
  return (
    <Dialog title={name}>
      {!one || (overlay.guildId !== null && !channel)
        ? <p>{t("call.notInCall", { name })}</p>
        : (
          <div class="stack">
            <div class="row">
              <Avatar
                id={one.user.id}
                name={name}
                uri={state.memberOf(overlay.guildId, one.user.id)?.guild_avatar ?? one.user.avatar}
                size="l"
              />
              <span class="grow clip">
                <span class="block clip small muted">{handleOf(one.user.id)}</span>
                <span class="row">
                  <Marks one={one} />
                  <Standing standing={standingOf(one)} />
                </span>
              </span>
              <button
                type="button"
                class="button small"
                onClick={() =>
                  state.overlay.value = {
                    kind: "profile",
                    userId: one.user.id,
                    guildId: overlay.guildId,
                  }}
              >
                {t("call.profile")}
              </button>
            </div>
            {!self && <Volume userId={one.user.id} />}
            {channel && <Moderation one={one} channel={channel} others={others} name={name} />}
          </div>
        )}
    </Dialog>
  );
}

function Volume({ userId }: { userId: string }) {
  const { acts, call } = useChat().voice;
  const [percent, setPercent] = useState(
    call.value && acts ? acts.volumeOf(userId) : readVoiceChoices().volumes[userId] ?? 100,
  );
  if (!call.value || !acts) return null;
  const set = (value: number) => {
    setPercent(value);
    acts.setVolume(userId, value);
  };
  return (
    <div class="field">
      <label class="row" for="call-volume">
        <span class="grow">{t("call.volume")}</span>
        <span class="small muted">{t("call.volumePercent", { n: percent })}</span>
      </label>
      <input
        id="call-volume"
        type="range"
        min={0}
        max={LOUDEST_PERCENT}
        step={5}
        value={percent}
        aria-valuetext={t("call.volumePercent", { n: percent })}
        onInput={(event) => set(Number(event.currentTarget.value))}
      />
    </div>
  );
}

type Act = NonNullable<CallInput<"moderateVoice">["body"]>;
type Right = Parameters<typeof can>[1];

function Moderation({ one, channel, others, name }: {
  one: VoiceParticipant;
  channel: Channel;
  /** Where somebody can be moved to. */
  others: readonly Channel[];
  name: string;
}) {
  const state = useChat();
  const { busy, error, run } = useSubmit();
  const may = (right: Right) => can(channel.permissions, right);
  if (!may("MUTE_MEMBERS") && !may("DEAFEN_MEMBERS") && !may("MOVE_MEMBERS")) return null;
  const act = (body: Act, ends = false) =>
    void run(async () => {
      await callApi("moderateVoice", {
        params: { room_id: channel.room_id, channel_id: channel.id, user_id: one.user.id },
        body,
      });
      if (ends) state.overlay.value = null;
    });
  return (
    <section class="stack-tight" aria-labelledby="call-moderate">
      <h3 id="call-moderate">{t("call.moderate")}</h3>
      {error && <p class="notice error" role="alert">{error}</p>}
      <div class="row wrap">
        {modActs(one, may).map(({ icon, label, body, ends }) => (
          <button
            key={icon}
            type="button"
            class={ends ? "button danger" : "button"}
            disabled={busy}
            onClick={() => act(body, ends)}
          >
            <Icon name={icon} small />
            {label}
          </button>
        ))}
      </div>
      {may("MOVE_MEMBERS") && others.length > 0 && (
        <MoveTo
          name={name}
          others={others}
          busy={busy}
          move={({ room_id, id }) => act({ move_to: { room_id, channel_id: id } }, true)}
        />
      )}
    </section>
  );
}

interface ModAct {
  readonly icon: IconName;
  readonly label: string;
  readonly body: Act;
  /** The dialog has nothing left to show. */
  readonly ends?: boolean;
}

/** What a moderator with these rights may do to somebody in a call. */
function modActs(one: VoiceParticipant, may: (right: Right) => boolean): ModAct[] {
  const { server_muted, server_deafened } = one;
  const acts: (ModAct & { readonly right: Right; readonly applies?: boolean })[] = [
    {
      right: "MUTE_MEMBERS",
      icon: server_muted ? "mic" : "mic_off",
      label: server_muted ? t("call.mod.unmute") : t("call.mod.mute"),
      body: { server_muted: !server_muted },
    },
    {
      right: "MUTE_MEMBERS",
      applies: one.shows.length > 0,
      icon: "close",
      label: t("show.mod.stop"),
      body: { stop_showing: true },
    },
    {
      right: "DEAFEN_MEMBERS",
      icon: server_deafened ? "ear" : "deaf",
      label: server_deafened ? t("call.mod.undeafen") : t("call.mod.deafen"),
      body: { server_deafened: !server_deafened },
    },
    {
      right: "MOVE_MEMBERS",
      icon: "hang_up",
      label: t("call.mod.disconnect"),
      body: { disconnect: true },
      ends: true,
    },
  ];
  return acts.filter(({ right, applies = true }) => applies && may(right));
}

function MoveTo({ name, others, busy, move }: {
  name: string;
  others: readonly Channel[];
  busy: boolean;
  move: (to: Channel) => void;
}) {
  return (
    <div class="row wrap">
      <span class="small muted">{t("call.mod.move")}</span>
      {others.map((each) => (
        <button
          key={each.room_id + each.id}
          type="button"
          class="button small"
          disabled={busy}
          aria-label={t("call.mod.moveTo", { name, channel: each.name })}
          onClick={() => move(each)}
        >
          {each.name}
        </button>
      ))}
    </div>
  );
}
