import type { MessageMedia } from "../../../core/api/message.ts";

/** Whether a file is drawn as a picture: one whose size is known, so that its place is kept. */
export function isPicture(media: MessageMedia): boolean {
  return media.type.startsWith("image/") && Boolean(media.width) && Boolean(media.height);
}
