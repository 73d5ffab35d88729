import type { Dm } from "../../../core/api/gateway.ts";
import { callIn, hasCalls, isInCall, peopleInCall } from "../../lib/browser/conversation_call.ts";
import { t } from "../../lib/i18n/t.ts";
import { useChat } from "./chat_context.ts";
import { MenuButton } from "./Menu.tsx";
import { NotifyItems } from "./NotifyItems.tsx";

/** What can be done with a conversation, of two or of several. */
export default function DmMenuItems({ dm }: { dm: Dm }) {
  const state = useChat();
  if (dm.kind === "pair" && dm.state === "invited") return null;
  const roomId = dm.room_id;
  return (
    <>
      {hasCalls(state, dm) && !isInCall(state, dm) && (
        <MenuButton
          icon="phone"
          onClick={() => callIn(state, dm)}
        >
          {peopleInCall(state, dm).length > 0 ? t("call.join") : t("ring.start")}
        </MenuButton>
      )}
      <NotifyItems place={{ roomId, channelId: dm.channel_id, guildId: null }} />
      <MenuButton
        icon="plus"
        onClick={() =>
          state.overlay.value = dm.kind === "group"
            ? { kind: "addPeople", roomId }
            : { kind: "startDm", chosen: [dm.user.id] }}
      >
        {t("group.add")}
      </MenuButton>
      {dm.kind === "group" && (
        <MenuButton
          icon="edit"
          onClick={() => state.overlay.value = { kind: "groupLook", roomId }}
        >
          {t("group.look")}
        </MenuButton>
      )}
      {dm.state === "joined" && !dm.encrypted && (
        <MenuButton
          icon="lock"
          onClick={() => state.overlay.value = { kind: "encrypt", target: { kind: "dm", dm } }}
        >
          {t("sealed.begin")}
        </MenuButton>
      )}
    </>
  );
}
