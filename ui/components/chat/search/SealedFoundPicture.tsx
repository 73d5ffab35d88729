import { useEffect, useState } from "preact/hooks";
import type { Message, MessageMedia } from "../../../../core/api/message.ts";
import { privacyOf } from "../../../lib/browser/privacy.ts";
import { isPicture } from "../../../lib/format/media_kind.ts";
import { lockOf } from "../../../lib/store/locked_media.ts";
import { useChat } from "../chat_context.ts";
import { wholeFile } from "../../../lib/e2ee/opened_files.ts";
import { useOpenedFile } from "../use_opened_file.ts";
import { FoundFrame } from "./FoundFrame.tsx";

/** The first picture of an encrypted message, opened here as in the timeline. */
export default function SealedFoundPicture({ message }: { message: Message }) {
  const state = useChat();
  const [media, setMedia] = useState<readonly MessageMedia[]>([]);
  useEffect(() => {
    let gone = false;
    const open = async () => {
      const [opened] = await (await privacyOf(state)).openAll([message]);
      if (!gone) setMedia(opened?.media ?? []);
    };
    // Without it the words are there all the same.
    open().catch(() => undefined);
    return () => {
      gone = true;
    };
  }, [message]);
  const pictures = media.filter(isPicture);
  const [first] = pictures;
  const small = first && lockOf(first)?.thumb;
  const { url } = useOpenedFile(
    first && !first.spoiler ? small ?? wholeFile(first) : undefined,
    small ? "image/webp" : first?.type ?? "",
  );
  return <FoundFrame pictures={pictures} src={url} />;
}
