import type { Thread } from "../../../core/api/thread.ts";
import { openThread } from "../../lib/browser/history.ts";
import { isEncrypted } from "../../lib/browser/privacy.ts";
import { useLazy } from "../../lib/browser/use_lazy.ts";
import { can } from "../../lib/format/rights.ts";
import { writeBlock } from "../../lib/format/write_block.ts";
import { t } from "../../lib/i18n/t.ts";
import { threadName } from "../../lib/store/links.ts";
import {
  channelOf,
  guildOf,
  pathOf,
  placeKey,
  type TalkPlace,
  threadPlace,
} from "../../lib/store/place.ts";
import { Icon } from "../Icon.tsx";
import { useChat } from "./chat_context.ts";
import { Composer } from "./Composer.tsx";
import { Timeline } from "./Timeline.tsx";

/** The thread that is open: beside its channel, on a narrow screen in place of it. */
export function ThreadPanel() {
  const state = useChat();
  const place = threadPlace(state.place.value);
  if (!place) return null;
  const view = state.threadViews.value.get(place.root ?? "");
  const name = view ? threadName(state, view.thread) : t("thread.one");
  const channel = channelOf(state.known, place);
  const parent = channel?.name ?? "";
  return (
    <aside class="thread-panel" aria-label={t("thread.named", { name })}>
      <header class="main-head">
        <Icon name="thread" />
        <span class="grow thread-title">
          <h2 class="clip">{name}</h2>
          {parent !== "" && <span class="tiny faint clip">#{parent}</span>}
        </span>
        {view?.thread.locked && (
          <span class="faint" title={t("thread.locked")}>
            <Icon name="lock" small />
            <span class="sr">{t("thread.locked")}</span>
          </span>
        )}
        {view && view.thread.count > 0 && <ThreadActs thread={view.thread} />}
        <a
          class="icon-button"
          href={pathOf(state.known, state.place.value)}
          title={t("thread.close")}
          aria-label={t("thread.close")}
          onClick={(event) => {
            event.preventDefault();
            openThread(state, null);
          }}
        >
          <Icon name="close" />
        </a>
      </header>
      <Timeline key={placeKey(place)} place={place} />
      <Composer
        key={`c-${placeKey(place)}`}
        place={place}
        placeholder={t("thread.composer")}
        blocked={useBlocked(place, view?.thread)}
        canAttach={channel === undefined || can(channel.permissions, "ATTACH")}
        slowModeS={channel?.slow_mode_s ?? 0}
      />
    </aside>
  );
}

/** What can be done with a thread; its script comes with the first one that is opened. */
function ThreadActs({ thread }: { thread: Thread }) {
  const Acts = useLazy(true, () => import("./ThreadMenu.tsx"));
  return Acts ? <Acts thread={thread} /> : null;
}

/** Why nothing can be written in the thread; null where it can. */
function useBlocked(place: TalkPlace, thread: Thread | undefined): string | null {
  const state = useChat();
  const guild = guildOf(state.known, place);
  const channel = channelOf(state.known, place);
  if (isEncrypted(state, place.roomId)) return t("thread.encrypted");
  if (!channel || !guild) return t("composer.noRight");
  const blocked = writeBlock(guild, channel, {
    right: "SEND_IN_THREADS",
    nowMs: state.now.value,
    timeZone: state.timeZone.value,
  });
  if (blocked !== null) return blocked;
  if (thread?.locked && !can(channel.permissions, "MANAGE_THREADS")) return t("thread.lockedText");
  return null;
}
