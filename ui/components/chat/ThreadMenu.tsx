import type { Thread } from "../../../core/api/thread.ts";
import { changeThread, setFollowing } from "../../lib/browser/threads.ts";
import { showToast } from "../../lib/browser/toast.ts";
import { threadPath } from "../../lib/format/paths.ts";
import { can } from "../../lib/format/rights.ts";
import { t } from "../../lib/i18n/t.ts";
import { channelOf } from "../../lib/store/place.ts";
import { follows } from "../../lib/store/threads.ts";
import { Icon } from "../Icon.tsx";
import { useChat, useVenue } from "./chat_context.ts";
import { Menu, MenuButton } from "./Menu.tsx";

/** Follow it, name it, put it away, lock it. */
export default function ThreadMenu({ thread }: { thread: Thread }) {
  const state = useChat();
  const { path } = useVenue();
  const following = follows(state, thread.id);
  const channel = channelOf(state.known, state.place.value);
  const manages = channel !== undefined && can(channel.permissions, "MANAGE_THREADS");
  const own = thread.starter === state.self.value.user.id && !thread.locked;
  const copyLink = async () => {
    const { href } = new URL(threadPath(path, thread.id), location.href);
    await navigator.clipboard.writeText(href);
    showToast(state, t("message.linkCopied"));
  };
  return (
    <>
      <button
        type="button"
        class="button small"
        aria-pressed={following ? "true" : "false"}
        onClick={() => setFollowing(state, thread, !following)}
      >
        <Icon name={following ? "check" : "plus"} small />
        {following ? t("thread.following") : t("thread.follow")}
      </button>
      <Menu label={t("thread.more")} icon="more">
        <MenuButton icon="link" onClick={copyLink}>{t("message.copyLink")}</MenuButton>
        {(own || manages) && (
          <MenuButton
            icon="edit"
            onClick={() => state.overlay.value = { kind: "nameThread", thread }}
          >
            {t("thread.rename")}
          </MenuButton>
        )}
        {(own || manages) && (
          <MenuButton
            icon={thread.archived ? "turn" : "down"}
            onClick={() => changeThread(state, thread, { archived: !thread.archived })}
          >
            {thread.archived ? t("thread.bringBack") : t("thread.archive")}
          </MenuButton>
        )}
        {manages && (
          <MenuButton
            icon={thread.locked ? "lock_open" : "lock"}
            onClick={() => changeThread(state, thread, { locked: !thread.locked })}
          >
            {thread.locked ? t("thread.unlock") : t("thread.lock")}
          </MenuButton>
        )}
      </Menu>
    </>
  );
}
