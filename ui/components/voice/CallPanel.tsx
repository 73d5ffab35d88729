import { channelPath, dmPath } from "../../lib/format/paths.ts";
import { can } from "../../lib/format/rights.ts";
import { t } from "../../lib/i18n/t.ts";
import { keysOf } from "../../lib/keys/bindings.ts";
import { onMac, showCombo } from "../../lib/keys/combo.ts";
import { SHORTCUTS } from "../../lib/keys/shortcuts.ts";
import type { ChatState } from "../../lib/store/chat.ts";
import type { CallActs, CallShown } from "../../lib/store/voice.ts";
import { gradeOf } from "../../lib/voice/quality.ts";
import { useChat } from "../chat/chat_context.ts";
import { personName } from "../chat/VoicePeople.tsx";
import { Icon, type IconName } from "../Icon.tsx";
import { ShowTools } from "./ShowTools.tsx";

/** The call that this tab is in: how it stands, and what can be done in it. */
export default function CallPanel() {
  const state = useChat();
  const call = state.voice.call.value;
  const { acts } = state.voice;
  if (!call || !acts) return null;
  return (
    <section class="call-panel" aria-label={t("call.panel")}>
      <Head call={call} />
      <Troubles call={call} acts={acts} />
      {call.phase !== "stopped" && <Held call={call} />}
      {call.phase !== "stopped" && <Recorders call={call} />}
      {call.phase !== "stopped" && call.pushToTalk && call.microphone === undefined && (
        <HoldButton acts={acts} talking={call.talking} />
      )}
      {call.phase !== "stopped" && <ShowTools call={call} acts={acts} />}
      <Tools call={call} acts={acts} />
    </section>
  );
}

function Head({ call }: { call: CallShown }) {
  const state = useChat();
  const { spot } = call;
  // Nothing went wrong where somebody is only asked.
  const phase = call.trouble === "address" ? "asking" : call.phase;
  const grade = gradeOf(call.quality);
  const guild = state.guilds.value.find(({ id }) => id === spot.guildId);
  const channel = guild?.channels.find(({ id, room_id }) =>
    id === spot.channel_id && room_id === spot.room_id
  );
  return (
    <div class="call-head">
      <span class="grow clip">
        <span class={`block call-phase ${phase}`} role="status">{t(`call.phase.${phase}`)}</span>
        {guild && channel
          ? (
            <a class="clip block tiny faint" href={channelPath(guild.id, channel)}>
              {guild.name} / {channel.name}
            </a>
          )
          : spot.guildId === null
          ? <a class="clip block tiny faint" href={dmPath(spot.room_id)}>{spot.name}</a>
          : <span class="clip block tiny faint">{spot.name}</span>}
      </span>
      {call.phase !== "stopped" && (
        <button
          type="button"
          class={`icon-button call-quality ${grade}`}
          title={t("call.details")}
          aria-haspopup="dialog"
          onClick={() => state.overlay.value = { kind: "call" }}
        >
          <Icon name={call.code === undefined ? "signal" : "lock"} />
          <span class="sr">{t("call.details")}</span>
          <span class="sr">{t(`call.quality.${grade}`)}</span>
        </button>
      )}
    </div>
  );
}

function Troubles({ call, acts }: { call: CallShown; acts: CallActs }) {
  const { trouble, microphone } = call;
  const isSoundless = call.isSoundless && call.phase !== "stopped";
  if (trouble === undefined && microphone === undefined && !isSoundless) return null;
  return (
    <div class="call-trouble" role="alert">
      {trouble
        ? <p>{t(`call.trouble.${trouble}`, { server: call.server ?? "" })}</p>
        : microphone === "denied" || microphone === "missing" || microphone === "busy"
        ? (
          <p>
            {t(`call.microphone.${microphone}`)} {!isSoundless && t("call.hearsAnyway")}
          </p>
        )
        : null}
      {isSoundless && <p>{t("call.soundless")}</p>}
      <div class="row wrap">
        {trouble === "unapproved" && (
          <a class="button small" href="/settings/encryption">{t("call.trouble.approve")}</a>
        )}
        {trouble !== "insecure" && trouble !== "unsupported" && (
          <button
            type="button"
            class={trouble === "address" ? "button small primary" : "button small"}
            onClick={() => acts.retry()}
          >
            {trouble === "address" ? t("call.agree") : t("call.retry")}
          </button>
        )}
        {microphone === "missing" && (
          <a class="button small" href="/settings/voice">{t("call.settings")}</a>
        )}
      </div>
    </div>
  );
}

/** What others decided about this person. */
function Held({ call }: { call: CallShown }) {
  const own = useChat().voice.peopleIn(call.spot).find(({ session }) => session === call.session);
  const said = own?.server_deafened
    ? t("call.is.serverDeafened")
    : own?.server_muted
    ? t("call.heldMuted")
    : own?.may_speak === false
    ? t("call.maySpeakNot")
    : undefined;
  return said === undefined ? null : <p class="call-held small">{said}</p>;
}

/** Who keeps what is said: everybody is to know. */
function Recorders({ call }: { call: CallShown }) {
  const state = useChat();
  const names = state.voice.peopleIn(call.spot).filter(({ recording }) => recording)
    .map((one) => personName(state, call.spot.guildId, one));
  if (names.length === 0) return null;
  return (
    <p class="call-held small row" role="status">
      <Icon name="record" small />
      {t("call.recorded", { name: names.join(", ") })}
    </p>
  );
}

/** For fingers, and for whoever does not use the key. */
function HoldButton({ acts, talking }: { acts: CallActs; talking: boolean }) {
  const state = useChat();
  const key = keyOf(state, "voiceTalk");
  const hold = (event: PointerEvent) => {
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    acts.push(true);
  };
  const onKey = (event: KeyboardEvent, held: boolean) => {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    acts.push(held);
  };
  return (
    <button
      type="button"
      class={talking ? "button small call-hold talking" : "button small call-hold"}
      aria-pressed={talking ? "true" : "false"}
      onPointerDown={hold}
      onPointerUp={() => acts.push(false)}
      onPointerCancel={() => acts.push(false)}
      onKeyDown={(event) => onKey(event, true)}
      onKeyUp={(event) => onKey(event, false)}
      onBlur={() => acts.push(false)}
    >
      <Icon name="mic" small />
      <span>{key ? t("call.holdKey", { key }) : t("call.hold")}</span>
    </button>
  );
}

function keyOf(
  state: ChatState,
  id: "voiceMute" | "voiceDeafen" | "voicePriority" | "voiceTalk",
): string | undefined {
  const shortcut = SHORTCUTS.find((each) => each.id === id);
  const [key] = shortcut ? keysOf(state.keys.value, shortcut, onMac()) : [];
  return key && showCombo(key, onMac()).join(" ");
}

function Tools({ call, acts }: { call: CallShown; acts: CallActs }) {
  const state = useChat();
  const stopped = call.phase === "stopped";
  const muted = call.muted || call.deafened;
  return (
    <div class="call-tools">
      {!stopped && (
        <>
          <Tool
            icon={muted ? "mic_off" : "mic"}
            label={muted ? t("call.unmute") : t("call.mute")}
            combo={keyOf(state, "voiceMute")}
            on={muted}
            talking={call.talking}
            onClick={() => acts.mute()}
          />
          <Tool
            icon={call.deafened ? "deaf" : "ear"}
            label={call.deafened ? t("call.undeafen") : t("call.deafen")}
            combo={keyOf(state, "voiceDeafen")}
            on={call.deafened}
            onClick={() => acts.deafen()}
          />
          <Priority call={call} acts={acts} />
          <a
            class="icon-button"
            href="/settings/voice"
            title={t("call.settings")}
            aria-label={t("call.settings")}
          >
            <Icon name="settings" />
          </a>
        </>
      )}
      <span class="grow" />
      <button
        type="button"
        class={stopped ? "icon-button" : "icon-button call-leave"}
        title={stopped ? t("call.dismiss") : t("call.leave")}
        aria-label={stopped ? t("call.dismiss") : t("call.leave")}
        onClick={() => acts.leave()}
      >
        <Icon name={stopped ? "close" : "hang_up"} />
      </button>
    </div>
  );
}

/** For whom others are turned down, where the channel gives that right. */
function Priority({ call, acts }: { call: CallShown; acts: CallActs }) {
  const state = useChat();
  const { guildId, room_id, channel_id } = call.spot;
  const channel = state.guilds.value.find(({ id }) => id === guildId)?.channels.find((each) =>
    each.id === channel_id && each.room_id === room_id
  );
  const own = state.voice.peopleIn(call.spot).find(({ session }) => session === call.session);
  if (!own || !channel || !can(channel.permissions, "PRIORITY_SPEAKER")) return null;
  const label = t("call.priority");
  const key = keyOf(state, "voicePriority");
  return (
    <button
      type="button"
      class={own.priority ? "icon-button talking" : "icon-button"}
      title={key ? `${label} (${key})` : label}
      aria-label={label}
      aria-pressed={own.priority ? "true" : "false"}
      onClick={() => acts.prioritize()}
    >
      <Icon name="first" />
    </button>
  );
}

function Tool(props: {
  icon: IconName;
  label: string;
  combo: string | undefined;
  on: boolean;
  talking?: boolean;
  onClick: () => void;
}) {
  const classes = ["icon-button", props.on && "call-off", props.talking && "talking"];
  return (
    <button
      type="button"
      class={classes.filter(Boolean).join(" ")}
      title={props.combo ? `${props.label} (${props.combo})` : props.label}
      aria-label={props.label}
      onClick={props.onClick}
    >
      <Icon name={props.icon} />
    </button>
  );
}
