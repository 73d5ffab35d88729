import { authorOf } from "../../lib/format/author.ts";
import { faceOf } from "../../lib/format/names.ts";
import { colorClass } from "../../lib/format/role_color.ts";
import { formatFull } from "../../lib/format/time.ts";
import { t } from "../../lib/i18n/t.ts";
import { placeKey, type TalkPlace } from "../../lib/store/place.ts";
import { Avatar } from "../Avatar.tsx";
import { useChat } from "./chat_context.ts";
import { MessageContent } from "./MessageRow.tsx";
import { repliesOf } from "./ThreadLine.tsx";

/** Where a thread begins: the message that it stands under. */
export function ThreadRoot({ place }: { place: TalkPlace }) {
  const state = useChat();
  const view = state.threadViews.value.get(place.root ?? "");
  const channel = state.windows.get(placeKey({ roomId: place.roomId, channelId: place.channelId }));
  // As it is now, where the channel beside shows it.
  const root = channel?.value.messages.find((each) => each.id === place.root) ?? view?.root;
  const empty = state.windowOf(placeKey(place)).value.messages.length === 0;
  if (!view && !root) return null;
  if (!root || state.isBlocked(root.author.id)) {
    return (
      <p class="thread-root faint">
        {t(root ? "friend.hiddenMessage" : "thread.rootAway")}
      </p>
    );
  }
  const name = authorOf(root);
  return (
    <section class="msg thread-root" aria-label={t("thread.root")}>
      <Avatar id={root.author.id} name={name} uri={faceOf(root)} />
      <div class="msg-body">
        <div class="msg-head">
          <span class={`msg-name ${colorClass(root.color)}`}>{name}</span>
          <span class="tiny faint">{formatFull(root.origin_ts, state.timeZone.value)}</span>
        </div>
        <MessageContent message={root} />
      </div>
      <p class="thread-count faint">
        {empty ? t("thread.empty") : view ? repliesOf(view.thread) : ""}
      </p>
    </section>
  );
}
