import type { User } from "../../../core/api/user.ts";
import { handleOf } from "../../lib/format/names.ts";
import { Avatar } from "../Avatar.tsx";
import { useChat } from "./chat_context.ts";

/** Somebody in a list to choose from: picture, presence, name and handle. */
export function PersonFace({ user, name }: { user: User; name: string }) {
  const state = useChat();
  return (
    <>
      <Avatar
        id={user.id}
        name={name}
        uri={user.avatar}
        size="m"
        presence={state.presenceOf(user.id)}
      />
      <span class="grow clip">
        <span class="clip block strong">{name}</span>
        <span class="clip block tiny faint">{handleOf(user.id)}</span>
      </span>
    </>
  );
}
