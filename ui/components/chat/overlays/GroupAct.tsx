import type { GroupDm } from "../../../../core/api/gateway.ts";
import { callApi } from "../../../lib/browser/browser_api.ts";
import { heirOf } from "../../../lib/browser/group_dms.ts";
import { setDm } from "../../../lib/store/conversations.ts";
import { openPlace } from "../../../lib/browser/history.ts";
import { dmName, isGroup } from "../../../lib/format/dm_name.ts";
import { nameOf } from "../../../lib/format/names.ts";
import { t } from "../../../lib/i18n/t.ts";
import type { ChatState, Overlay } from "../../../lib/store/chat.ts";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";
import { ActRow } from "./ActRow.tsx";
import { useSubmit } from "./use_submit.ts";

type Act = Extract<Overlay, { kind: "groupAct" }>;

/** Leaving, removing somebody, handing over: asked once more before it is done. */
export default function GroupAct({ overlay }: { overlay: Act }) {
  const state = useChat();
  const { busy, error, run } = useSubmit();
  const group = state.dms.value.filter(isGroup)
    .find((each) => each.room_id === overlay.roomId);
  if (!group) return null;
  const { title, texts, act } = wordsOf(state, group, overlay);
  return (
    <Dialog title={title}>
      {texts.map((text) => <p key={text}>{text}</p>)}
      {error && <p class="field-error" role="alert">{error}</p>}
      <ActRow
        label={act}
        disabled={busy}
        harmless={overlay.act === "handOver"}
        onAct={() => run(() => perform(state, overlay))}
      />
    </Dialog>
  );
}

interface Words {
  readonly title: string;
  readonly texts: readonly string[];
  readonly act: string;
}

function wordsOf(state: ChatState, group: GroupDm, overlay: Act): Words {
  const selfId = state.self.value.user.id;
  if (overlay.act === "leave") {
    const heir = heirOf(group, selfId);
    const isLast = group.people.filter((each) => each.state === "joined").length === 1;
    return {
      title: t("group.leaveTitle", { name: dmName(group, selfId) }),
      texts: [
        isLast ? t("group.leaveLast") : t("group.leaveText"),
        ...(heir ? [t("group.leaveHeir", { name: nameOf(heir) })] : []),
      ],
      act: t("group.leave"),
    };
  }
  const name = nameOf(state.userOf(overlay.userId));
  return overlay.act === "remove"
    ? {
      title: t("group.removeTitle", { name }),
      texts: [t("group.removeText")],
      act: t("group.remove"),
    }
    : {
      title: t("group.handOverTitle", { name }),
      texts: [t("group.handOverText")],
      act: t("group.handOver"),
    };
}

async function perform(state: ChatState, overlay: Act): Promise<void> {
  const { roomId } = overlay;
  if (overlay.act === "handOver") {
    const params = { room_id: roomId };
    setDm(state, await callApi("transferGroupDm", { params, body: { user_id: overlay.userId } }));
  } else {
    const userId = overlay.act === "leave" ? state.self.value.user.id : overlay.userId;
    await callApi("removeGroupPerson", { params: { room_id: roomId, user_id: userId } });
  }
  state.overlay.value = null;
  if (overlay.act !== "leave") return;
  const place = state.place.value;
  if (place.kind === "dm" && place.roomId === roomId) {
    openPlace(state, { kind: "home" }, "replace");
  }
  state.dms.value = state.dms.value.filter((entry) => entry.room_id !== roomId);
}
