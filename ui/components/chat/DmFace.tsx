import type { Dm } from "../../../core/api/gateway.ts";
import { dmName } from "../../lib/format/dm_name.ts";
import { hueOf } from "../../lib/format/initials.ts";
import { Avatar } from "../Avatar.tsx";
import { Icon } from "../Icon.tsx";
import { useChat } from "./chat_context.ts";

/** The other one's picture with presence; a group's own, or the sign of several people. */
export function DmFace({ dm, size }: { dm: Dm; size: "s" | "m" }) {
  const state = useChat();
  const name = dmName(dm, state.self.value.user.id);
  if (dm.kind === "pair") {
    const { id, avatar } = dm.user;
    const presence = state.presenceOf(id);
    return <Avatar id={id} name={name} uri={avatar} size={size} presence={presence} />;
  }
  if (dm.icon !== null) {
    return <Avatar id={dm.room_id} name={name} uri={dm.icon} size={size} guild />;
  }
  return (
    <span class={`avatar ${size} guild hue-${hueOf(dm.room_id)}`}>
      <Icon name="people" small />
    </span>
  );
}
