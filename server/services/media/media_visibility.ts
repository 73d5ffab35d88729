import type { UserId } from "../../../core/ids/user_id.ts";
import type { MediaUse } from "./media_use.ts";

export type EventUse = Extract<MediaUse, { kind: "event" }>;

/** Answered by the rooms: whether someone may read the message that shows a file. */
export interface MediaVisibility {
  mayView(caller: UserId, use: EventUse): Promise<boolean>;
}

/** Whether a use lets someone see its file. `caller` is undefined before signing in. */
export async function maySeeUse(
  visibility: MediaVisibility,
  use: MediaUse,
  caller: UserId | undefined,
): Promise<boolean> {
  if (use.kind === "icon") return true;
  if (caller === undefined) return false;
  return use.kind === "event" ? await visibility.mayView(caller, use) : true;
}
