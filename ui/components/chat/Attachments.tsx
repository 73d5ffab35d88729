import { useState } from "preact/hooks";
import type { MessageMedia } from "../../../core/api/message.ts";
import { mediaUrl, thumbnailUrl } from "../../lib/format/media_url.ts";
import { formatSize } from "../../lib/format/size.ts";
import { t } from "../../lib/i18n/t.ts";
import { Icon } from "../Icon.tsx";
import { useChat } from "./chat_context.ts";

const MAX_WIDTH = 420;
const MAX_HEIGHT = 320;

/** Files of a message. Pictures keep their place before they load: nothing moves. */
export function Attachments({ media }: { media: readonly MessageMedia[] }) {
  return (
    <div class="attachments">
      {media.map((item) => <Attachment key={item.uri} media={item} />)}
    </div>
  );
}

function Attachment({ media }: { media: MessageMedia }) {
  if (media.type.startsWith("image/") && media.width && media.height) {
    return <Picture media={media} width={media.width} height={media.height} />;
  }
  if (media.type.startsWith("video/")) {
    return (
      <video
        class="attachment-video"
        controls
        preload="metadata"
        src={mediaUrl(media.uri)}
        aria-label={media.alt ?? media.name}
      />
    );
  }
  if (media.type.startsWith("audio/")) {
    return (
      <figure class="attachment-audio">
        <figcaption class="small clip">{media.name}</figcaption>
        <audio controls preload="metadata" src={mediaUrl(media.uri)} />
      </figure>
    );
  }
  return (
    <a class="attachment-file" href={mediaUrl(media.uri, { download: true })} download={media.name}>
      <Icon name="file" />
      <span class="grow clip">
        <span class="clip block strong">{media.name}</span>
        <span class="tiny faint">{formatSize(media.size)}</span>
      </span>
      <Icon name="download" />
    </a>
  );
}

function Picture({ media, width, height }: { media: MessageMedia; width: number; height: number }) {
  const state = useChat();
  const [shown, setShown] = useState(!media.spoiler);
  const scale = Math.min(1, MAX_WIDTH / width, MAX_HEIGHT / height);
  const shownWidth = Math.max(48, Math.round(width * scale));
  const shownHeight = Math.max(48, Math.round(height * scale));
  const open = () => {
    if (shown) state.overlay.value = { kind: "picture", media };
    else setShown(true);
  };
  return (
    <button
      type="button"
      class={shown ? "attachment-picture" : "attachment-picture veiled"}
      aria-label={shown ? t("media.open", { name: media.alt ?? media.name }) : t("media.spoiler")}
      onClick={open}
    >
      <img
        src={thumbnailUrl(media.uri, shownWidth * 2, shownHeight * 2)}
        width={shownWidth}
        height={shownHeight}
        alt={media.alt ?? ""}
        title={media.alt ?? media.name}
        loading="lazy"
        decoding="async"
      />
      {!shown && <span class="veil">{t("media.spoilerShort")}</span>}
    </button>
  );
}
