import type { VoiceSource } from "../../../core/api/voice.ts";
import { channelPath, dmPath } from "../../lib/format/paths.ts";
import { t } from "../../lib/i18n/t.ts";
import type { CallActs, CallShown } from "../../lib/store/voice.ts";
import { canCapture } from "../../lib/voice/capture.ts";
import { showKey } from "../../lib/voice/show.ts";
import { useChat } from "../chat/chat_context.ts";
import { ShowIcon } from "./ShowIcon.tsx";
import { ShowVideo } from "./ShowVideo.tsx";

const SOURCES = ["screen", "camera"] as const;

/** What can be shown in the call, what is, and what is watched while one reads elsewhere. */
export function ShowTools({ call, acts }: { call: CallShown; acts: CallActs }) {
  const state = useChat();
  const own = state.voice.peopleIn(call.spot).find(({ session }) => session === call.session);
  const { session } = call;
  if (!call.canShow || session === undefined) return null;
  const isShown = (source: VoiceSource) => call.pictures.has(showKey({ session, source }));
  const sources = SOURCES.filter((source) =>
    isShown(source) || own?.may_show === true && canCapture(source)
  );
  return (
    <>
      <Elsewhere call={call} />
      {sources.filter(isShown).map((source) => (
        <p key={source} class="call-held small row" role="status">
          <ShowIcon name={source} />
          {t(`show.sharing.${source}`)}
        </p>
      ))}
      {sources.length > 0 && (
        <div class="show-tools">
          {sources.map((source) => (
            <button
              key={source}
              type="button"
              class={isShown(source) ? "button small danger" : "button small"}
              // Ending it needs no server: it is to be possible at any time.
              disabled={!isShown(source) && call.phase !== "connected"}
              onClick={() => acts.show(source)}
            >
              <ShowIcon name={isShown(source) ? `${source}_off` : source} />
              <span>{isShown(source) ? t(`show.${source}End`) : t(`show.${source}`)}</span>
            </button>
          ))}
        </div>
      )}
    </>
  );
}

/** The picture that is watched, small, where its channel is not the one that is read. */
function Elsewhere({ call }: { call: CallShown }) {
  const state = useChat();
  const [first] = call.watches;
  const picture = first && call.pictures.get(showKey(first));
  if (call.staged || picture?.isProven !== true) return null;
  const { guildId, room_id, channel_id } = call.spot;
  const channel = state.guilds.value.find(({ id }) => id === guildId)?.channels.find((each) =>
    each.id === channel_id && each.room_id === room_id
  );
  const path = guildId === null
    ? dmPath(room_id)
    : channel === undefined
    ? undefined
    : channelPath(guildId, channel);
  return path === undefined
    ? null
    : (
      <a class="show-elsewhere" href={path} aria-label={t("show.elsewhere")}>
        <ShowVideo stream={picture.stream} />
      </a>
    );
}
