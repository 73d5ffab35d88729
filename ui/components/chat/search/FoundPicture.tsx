import type { Message, MessageMedia } from "../../../../core/api/message.ts";
import { useLazy } from "../../../lib/browser/use_lazy.ts";
import { isPicture } from "../../../lib/format/media_kind.ts";
import { thumbnailUrl } from "../../../lib/format/media_url.ts";
import { FOUND_PX, FoundFrame } from "./FoundFrame.tsx";

/** The first picture of a message that was found, and how many more it has. */
export function FoundPicture({ media }: { media: readonly MessageMedia[] }) {
  const pictures = media.filter(isPicture);
  const [first] = pictures;
  return first
    ? <FoundFrame pictures={pictures} src={thumbnailUrl(first.uri, FOUND_PX * 2)} />
    : null;
}

/** The same of a message that only this device can read: what opens it comes with the first one. */
export function FoundSealed({ message }: { message: Message }) {
  const Opened = useLazy(true, () => import("./SealedFoundPicture.tsx"));
  return Opened ? <Opened message={message} /> : null;
}
