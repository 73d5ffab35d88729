import { actOnFriend, askFriend, type FriendAct } from "../../lib/browser/friends.ts";
import { t } from "../../lib/i18n/t.ts";
import { Icon } from "../Icon.tsx";
import { useChat } from "./chat_context.ts";

interface ActsProps {
  readonly userId: string;
  readonly busy: boolean;
  readonly run: (act: () => Promise<unknown>) => Promise<void>;
}

/** What can be done about somebody as a friend, by what is between the two. */
export function FriendActs({ userId, busy, run }: ActsProps) {
  const state = useChat();
  const held = state.relationships.value.get(userId);
  const act = (name: FriendAct) => () => run(() => actOnFriend(state, userId, name));
  if (held?.blocked) {
    return (
      <button type="button" class="button" disabled={busy} onClick={act("unblock")}>
        {t("friend.unblock")}
      </button>
    );
  }
  return (
    <>
      {!held?.bond && (
        <button
          type="button"
          class="button"
          disabled={busy}
          onClick={() => run(() => askFriend(state, userId))}
        >
          <Icon name="plus" /> {t("friend.add")}
        </button>
      )}
      {held?.bond === "asks" && (
        <button type="button" class="button" disabled={busy} onClick={act("accept")}>
          <Icon name="check" /> {t("friend.accept")}
        </button>
      )}
      {held?.bond && (
        <button type="button" class="button" disabled={busy} onClick={act("remove")}>
          {t(`friend.stop.${held.bond}`)}
        </button>
      )}
      <button type="button" class="button danger" disabled={busy} onClick={act("block")}>
        <Icon name="ban" /> {t("friend.block")}
      </button>
    </>
  );
}
