import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { VoiceParticipant, VoiceWatch } from "../../../core/api/voice.ts";
import { t } from "../../lib/i18n/t.ts";
import type { CallActs, CallShown } from "../../lib/store/voice.ts";
import { LOUDEST_PERCENT } from "../../lib/voice/choices.ts";
import { showKey, soundKey } from "../../lib/voice/show.ts";
import { useChat } from "../chat/chat_context.ts";
import { personName } from "../chat/VoicePeople.tsx";
import { Icon } from "../Icon.tsx";
import { ShowIcon } from "./ShowIcon.tsx";
import { ShowVideo } from "./ShowVideo.tsx";

interface Shown extends VoiceWatch {
  readonly key: string;
  readonly one: VoiceParticipant;
  readonly name: string;
}

/** The screens and cameras of a call, above what is written: one of them large, or all alike. */
export default function ShowStage({ at, guildId }: {
  at: { readonly room_id: string; readonly channel_id: string };
  guildId: string | null;
}) {
  const state = useChat();
  const [large, setLarge] = useState<string | undefined>(undefined);
  const call = state.voice.call.value;
  const { acts } = state.voice;
  const isHere = call !== undefined && call.phase !== "stopped" &&
    call.spot.channel_id === at.channel_id && call.spot.room_id === at.room_id;
  useEffect(() => {
    if (!isHere) return;
    acts?.stage(true);
    return () => acts?.stage(false);
  }, [isHere, acts]);
  const all = state.voice.peopleIn(at).flatMap((one): Shown[] =>
    one.shows.map((source) => ({
      key: showKey({ session: one.session, source }),
      session: one.session,
      source,
      one,
      name: personName(state, guildId, one),
    }))
  );
  const chosen = all.find(({ key }) => key === large)?.key;
  return (
    <ul
      class={chosen === undefined ? "show-stage" : "show-stage one-large"}
      aria-label={t("show.stage")}
    >
      {all.map((shown) => (
        <li
          key={shown.key}
          class={shown.key === chosen ? "show-tile large" : "show-tile"}
          tabIndex={-1}
        >
          {isHere && acts
            ? (
              <Tile
                shown={shown}
                call={call}
                acts={acts}
                isLarge={all.length < 2 ? undefined : shown.key === chosen}
                enlarge={() => setLarge(shown.key === chosen ? undefined : shown.key)}
              />
            )
            : <Unseen shown={shown} />}
        </li>
      ))}
    </ul>
  );
}

/** For who is not in the call. */
function Unseen({ shown: { source, name } }: { shown: Shown }) {
  return (
    <div class="show-empty">
      <ShowIcon name={source} />
      <strong class="clip">{t(`show.of.${source}`, { name })}</strong>
      <span class="small muted">{t("show.joinToWatch")}</span>
    </div>
  );
}

function Tile({ shown, call, acts, isLarge, enlarge }: {
  shown: Shown;
  call: CallShown;
  acts: CallActs;
  /** undefined: it is the only one. */
  isLarge: boolean | undefined;
  enlarge: () => void;
}) {
  const { key, source, name, one, session } = shown;
  const frame = useRef<HTMLDivElement>(null);
  const isOwn = session === call.session;
  const isWatched = call.watches.some((each) => showKey(each) === key);
  const picture = call.pictures.get(key);
  const label = isOwn ? t(`show.own.${source}`) : t(`show.of.${source}`, { name });
  const watch = (event: { readonly currentTarget: HTMLElement }) => {
    // The button goes with the press; the focus stays with what was pressed for.
    event.currentTarget.closest("li")?.focus();
    acts.watch({ session, source });
  };
  if (!isOwn && !isWatched) {
    return (
      <div class="show-empty">
        <ShowIcon name={source} />
        <strong class="clip">{label}</strong>
        <button
          type="button"
          class="button primary"
          aria-label={t(`show.watch.${source}`, { name })}
          onClick={watch}
        >
          {t("show.watch")}
        </button>
      </div>
    );
  }
  const isSeen = picture?.isProven === true;
  return (
    <div ref={frame} class="show-frame" role="group" aria-label={label}>
      {isSeen
        ? <ShowVideo stream={picture.stream} label={label} />
        : <p class="show-waits muted" role="status">{t("show.waits")}</p>}
      <div class="show-bar">
        <span class="clip grow small">{label}</span>
        {!isOwn && picture?.hasSound && <Loudness acts={acts} userId={one.user.id} />}
        {isLarge !== undefined && (
          <BarButton
            label={isLarge ? t("show.small") : t("show.large")}
            isOn={isLarge}
            onClick={enlarge}
          >
            <ShowIcon name="large" />
          </BarButton>
        )}
        {isSeen && <ViewButtons frame={frame} />}
        {!isOwn && (
          <BarButton label={t("show.leave")} onClick={watch}>
            <Icon name="close" />
          </BarButton>
        )}
      </div>
    </div>
  );
}

/** Where else the picture can be: what the browser does not offer is not there. */
function ViewButtons({ frame }: { frame: { readonly current: HTMLDivElement | null } }) {
  const float = () => {
    const video = frame.current?.querySelector("video");
    const isThere = document.pictureInPictureElement === video;
    void (isThere ? document.exitPictureInPicture() : video?.requestPictureInPicture())
      ?.catch(() => undefined);
  };
  const fill = () => {
    const isThere = document.fullscreenElement === frame.current;
    void (isThere ? document.exitFullscreen() : frame.current?.requestFullscreen())
      ?.catch(() => undefined);
  };
  return (
    <>
      {document.pictureInPictureEnabled && (
        <BarButton label={t("show.float")} onClick={float}>
          <ShowIcon name="float" />
        </BarButton>
      )}
      {document.fullscreenEnabled && (
        <BarButton label={t("show.full")} onClick={fill}>
          <ShowIcon name="full" />
        </BarButton>
      )}
    </>
  );
}

function Loudness({ acts, userId }: { acts: CallActs; userId: string }) {
  const key = soundKey(userId);
  const [percent, setPercent] = useState(acts.volumeOf(key));
  return (
    <input
      class="show-loudness"
      type="range"
      min={0}
      max={LOUDEST_PERCENT}
      step={5}
      value={percent}
      aria-label={t("show.sound")}
      title={t("show.sound")}
      aria-valuetext={t("call.volumePercent", { n: percent })}
      onInput={(event) => {
        const value = Number(event.currentTarget.value);
        setPercent(value);
        acts.setVolume(key, value);
      }}
    />
  );
}

function BarButton({ label, isOn, onClick, children }: {
  label: string;
  isOn?: boolean;
  onClick: (event: { readonly currentTarget: HTMLElement }) => void;
  children: ComponentChildren;
}) {
  return (
    <button
      type="button"
      class="icon-button small"
      title={label}
      aria-label={label}
      aria-pressed={isOn === undefined ? undefined : isOn ? "true" : "false"}
      onClick={onClick}
    >
      {children}
    </button>
  );
}
