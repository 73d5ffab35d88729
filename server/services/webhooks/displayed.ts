import type { User } from "../../../core/api/user.ts";
import type { JsonObject, JsonValue } from "../../../core/event/json.ts";
import { parseMediaUri } from "../../../core/ids/media_uri.ts";
import { cleanProfileText } from "../accounts/profile_text.ts";

/**
 * A webhook as one of its messages shows it. What could be no name of ours is not shown: the
 * profile's stays. PROTOCOL.md 10.
 */
export function displayed(author: User, display: JsonValue | undefined): User {
  if (typeof display !== "object" || display === null || Array.isArray(display)) return author;
  const { name, avatar } = display as JsonObject;
  return {
    ...author,
    display_name: cleaned(name) ?? author.display_name,
    avatar: (typeof avatar === "string" ? parseMediaUri(avatar) : undefined) ?? author.avatar,
  };
}

function cleaned(name: JsonValue | undefined): string | null {
  if (typeof name !== "string") return null;
  try {
    return cleanProfileText("display_name", name);
  } catch {
    return null;
  }
}
