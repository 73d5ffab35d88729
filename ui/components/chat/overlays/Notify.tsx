import type { NotifyLevel } from "../../../../core/api/notify.ts";
import { attentionOf, isMuted } from "../../../../core/rules/notify.ts";
import { chooseNotify, type NotifyChange } from "../../../lib/browser/notify_settings.ts";
import { dmName } from "../../../lib/format/dm_name.ts";
import { formatFull } from "../../../lib/format/time.ts";
import { t } from "../../../lib/i18n/t.ts";
import { settingOf } from "../../../lib/store/attention.ts";
import type { NotifyPlace } from "../../../lib/store/notify_places.ts";
import type { ChatState, Overlay } from "../../../lib/store/chat.ts";
import { Icon } from "../../Icon.tsx";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";
import { useSubmit } from "./use_submit.ts";

const MINUTE_MS = 60_000;

/** How long to be silent: minutes; null until it is switched on again. */
const MUTES = [
  [15, "knowing.mute15m"],
  [60, "knowing.mute1h"],
  [8 * 60, "knowing.mute8h"],
  [24 * 60, "knowing.mute24h"],
  [null, "knowing.muteOn"],
] as const;

type Choose = (change: NotifyChange) => void;

/** What to be told of a guild, a channel or a conversation, and for how long to be left alone. */
export default function Notify(
  { overlay: { place } }: { overlay: Extract<Overlay, { kind: "notify" }> },
) {
  const state = useChat();
  const { error, run } = useSubmit();
  const choose: Choose = (change) => void run(() => chooseNotify(state, place, change));
  return (
    <Dialog title={t("knowing.title", { name: nameOf(state, place) })}>
      <MutePart place={place} choose={choose} />
      <LevelPart place={place} choose={choose} />
      {place.channelId === null && <GuildPart place={place} choose={choose} />}
      {error && <p class="field-error" role="alert">{error}</p>}
      <p class="small muted">
        <a href="/settings/notifications">{t("knowing.all")}</a>
      </p>
    </Dialog>
  );
}

function nameOf(state: ChatState, place: NotifyPlace): string {
  const dm = state.dms.value.find((each) => each.room_id === place.roomId);
  if (dm) return dmName(dm, state.self.value.user.id);
  const guild = state.guilds.value.find((each) => each.id === place.guildId);
  const channel = guild?.channels.find((each) =>
    each.room_id === place.roomId && each.id === place.channelId
  );
  return channel ? `#${channel.name}` : guild?.name ?? "";
}

function MutePart({ place, choose }: { place: NotifyPlace; choose: Choose }) {
  const state = useChat();
  const setting = settingOf(state, place);
  const muted = isMuted(setting, state.now.value);
  const until = setting?.muted_until ?? null;
  const text = !muted
    ? t("knowing.muteHint")
    : until === null
    ? t("knowing.muted")
    : t("knowing.mutedUntil", { when: formatFull(until, state.timeZone.value) });
  return (
    <section class="stack-tight" aria-labelledby="mute-title">
      <h3 id="mute-title" class="strong">{t("knowing.muteTitle")}</h3>
      <p class="small muted" role="status">{text}</p>
      <div class="row wrap">
        {muted
          ? (
            <button
              type="button"
              class="button primary"
              onClick={() => choose({ muted: false })}
            >
              <Icon name="bell" small /> {t("knowing.unmute")}
            </button>
          )
          : MUTES.map(([minutes, label]) => (
            <button
              key={label}
              type="button"
              class="button small"
              onClick={() =>
                choose(
                  minutes === null
                    ? { muted: true }
                    : { muted: true, mute_ms: minutes * MINUTE_MS },
                )}
            >
              {t(label)}
            </button>
          ))}
      </div>
    </section>
  );
}

function LevelPart({ place, choose }: { place: NotifyPlace; choose: Choose }) {
  const state = useChat();
  const own = settingOf(state, place)?.level ?? null;
  const isGuild = place.channelId === null;
  const above = attentionOf({
    guild: isGuild || place.guildId === null
      ? undefined
      : settingOf(state, { roomId: place.guildId, channelId: null }),
  }, { conversation: place.guildId === null, nowMs: 0 }).level;
  const isPair = state.dms.value.some((dm) => dm.kind === "pair" && dm.room_id === place.roomId);
  const levels: readonly NotifyLevel[] = isPair
    ? ["all", "nothing"]
    : ["all", "mentions", "nothing"];
  // A channel can follow its guild; a guild and a conversation have what is chosen, or the default.
  const follows = place.guildId !== null && !isGuild;
  const shown = follows ? own : own ?? above;
  return (
    <fieldset class="stack-tight choices">
      <legend class="strong">{t("knowing.level")}</legend>
      {follows && (
        <Level
          checked={shown === null}
          label={t("knowing.asGuild")}
          hint={t(`knowing.level.${above}`)}
          onChoose={() => choose({ level: null })}
        />
      )}
      {levels.map((level) => (
        <Level
          key={level}
          checked={shown === level}
          label={t(`knowing.level.${level}`)}
          hint={t(`knowing.levelHint.${level}`)}
          onChoose={() => choose({ level })}
        />
      ))}
    </fieldset>
  );
}

function Level(
  props: { checked: boolean; label: string; hint: string; onChoose: () => void },
) {
  return (
    <label class="check">
      <input
        type="radio"
        name="notify-level"
        checked={props.checked}
        onChange={props.onChoose}
      />
      <span>
        <span class="strong">{props.label}</span>
        <span class="hint">{props.hint}</span>
      </span>
    </label>
  );
}

function GuildPart({ place, choose }: { place: NotifyPlace; choose: Choose }) {
  const setting = settingOf(useChat(), place);
  return (
    <fieldset class="stack-tight choices">
      <legend class="strong">{t("knowing.suppress")}</legend>
      {(["suppress_everyone", "suppress_roles"] as const).map((name) => (
        <label key={name} class="check">
          <input
            type="checkbox"
            checked={setting?.[name] ?? false}
            onChange={(event) =>
              choose({ [name]: event.currentTarget.checked })}
          />
          <span class="strong">{t(`knowing.${name}`)}</span>
        </label>
      ))}
    </fieldset>
  );
}
