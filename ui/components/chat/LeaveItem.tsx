import type { Dm } from "../../../core/api/gateway.ts";
import { t } from "../../lib/i18n/t.ts";
import { useChat } from "./chat_context.ts";
import { MenuButton } from "./Menu.tsx";

/** Leaving a conversation of several: the last of what can be done with it. */
export function LeaveItem({ dm }: { dm: Dm | undefined }) {
  const state = useChat();
  if (dm?.kind !== "group") return null;
  const { room_id: roomId } = dm;
  return (
    <MenuButton
      icon="leave"
      danger
      onClick={() => state.overlay.value = { kind: "groupAct", act: "leave", roomId }}
    >
      {t("group.leave")}
    </MenuButton>
  );
}
