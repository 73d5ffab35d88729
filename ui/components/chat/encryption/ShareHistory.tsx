import { useEffect, useState } from "preact/hooks";
import { callApi } from "../../../lib/browser/browser_api.ts";
import { mayShare, shareHistory, sharePlace } from "../../../lib/e2ee/share_history.ts";
import { useAct } from "../../../lib/encryption/use_act.ts";
import { isGroup } from "../../../lib/format/dm_name.ts";
import { nameOf } from "../../../lib/format/names.ts";
import { t } from "../../../lib/i18n/t.ts";
import type { ChatState } from "../../../lib/store/chat.ts";
import { useChat } from "../chat_context.ts";
import { SpanChoice } from "./SpanChoice.tsx";

/** As many as one answer of the server has. */
const LISTED = 200;

/** Whether somebody is in the conversation in front of the viewer. */
async function isInside(state: ChatState, roomId: string, userId: string): Promise<boolean> {
  const group = state.dms.value.filter(isGroup).find((each) => each.room_id === roomId);
  if (group) {
    return group.people.some((each) => each.user.id === userId && each.state === "joined");
  }
  const { members, next } = await callApi("listMembers", {
    params: { guild_id: roomId },
    query: { limit: LISTED },
  });
  // Of more than one answer holds the engine finds out.
  return next !== null || members.some(({ user }) => user.id === userId);
}

/** In the card of a member: gives them the keys of what was said before they came. */
export default function ShareHistory({ userId, name }: { userId: string; name: string }) {
  const state = useChat();
  const place = sharePlace(state);
  const roomId = place?.roomId;
  const [inside, setInside] = useState(false);
  const [days, setDays] = useState(7);
  const { busy, run } = useAct();
  useEffect(() => {
    let late = false;
    setInside(false);
    if (roomId) {
      void isInside(state, roomId, userId).then((is) => late || setInside(is), () => undefined);
    }
    return () => void (late = true);
  }, [roomId, userId]);
  if (!place || !inside) return null;
  const share = () => run(() => shareHistory(state, place, { userIds: [userId], days }));
  return (
    <section class="profile-part">
      {mayShare(state, place)
        ? (
          <>
            <SpanChoice days={days} onDays={setDays} />
            <p class="small muted">{t("pastShare.text", { name })}</p>
            <div>
              <button type="button" class="button small" disabled={busy} onClick={share}>
                {t("pastShare.act")}
              </button>
            </div>
          </>
        )
        : place.opener && (
          <p class="small muted">
            {t("pastShare.owner", { owner: nameOf(state.userOf(place.opener)) })}
          </p>
        )}
    </section>
  );
}
