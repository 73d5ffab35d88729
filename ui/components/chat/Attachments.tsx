import { useEffect, useRef, useState } from "preact/hooks";
import type { MessageMedia } from "../../../core/api/message.ts";
import { fitInside } from "../../lib/format/fit.ts";
import { mediaUrl, thumbnailUrl } from "../../lib/format/media_url.ts";
import { formatSize } from "../../lib/format/size.ts";
import { t } from "../../lib/i18n/t.ts";
import { Icon } from "../Icon.tsx";
import { useLazy } from "../../lib/browser/use_lazy.ts";
import { lockOf } from "../../lib/store/locked_media.ts";
import { BOX, FILM, TILE_PX } from "./attachment_sizes.ts";
import { useChat } from "./chat_context.ts";
import { FileFrame } from "./FileFrame.tsx";

/** Files of a message. Pictures keep their place before they load: nothing moves. */
export function Attachments({ media }: { media: readonly MessageMedia[] }) {
  const locked = media.some((item) => lockOf(item));
  const Sealed = useLazy(locked, () => import("./SealedAttachments.tsx"));
  if (locked) return Sealed ? <Sealed media={media} /> : null;
  return <FileFrame media={media} Picture={Picture} Other={Attachment} />;
}

function Attachment({ media }: { media: MessageMedia }) {
  if (media.type.startsWith("video/")) return <Film media={media} />;
  if (media.type.startsWith("audio/")) {
    return (
      <figure class="attachment-audio">
        <figcaption class="small clip">{media.name}</figcaption>
        <audio
          controls
          preload="metadata"
          src={mediaUrl(media.uri)}
          aria-label={media.alt ?? media.name}
        />
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

/** A film keeps its place before its first bytes come; hidden ones load when they are shown. */
function Film({ media }: { media: MessageMedia }) {
  const [shown, setShown] = useState(!media.spoiler);
  const { width, height } = media.width && media.height
    ? fitInside({ width: media.width, height: media.height }, BOX)
    : FILM;
  if (!shown) {
    return (
      <button type="button" class="attachment-veiled" onClick={() => setShown(true)}>
        <Icon name="hidden" />
        <span>{t("media.spoilerFilm", { name: media.name })}</span>
      </button>
    );
  }
  return (
    <video
      class="attachment-video"
      controls
      preload="metadata"
      width={width}
      height={height}
      src={mediaUrl(media.uri)}
      aria-label={media.alt ?? media.name}
    />
  );
}

/** In the place of a picture until it is here; its script comes with the first that is awaited. */
function Coming({ hash }: { hash: string }) {
  const Drawn = useLazy(true, () => import("./ComingPicture.tsx"));
  return Drawn ? <Drawn hash={hash} /> : null;
}

function Picture({ pictures, at }: { pictures: readonly MessageMedia[]; at: number }) {
  const state = useChat();
  const media = pictures[at];
  const [shown, setShown] = useState(media?.spoiler !== true);
  const image = useRef<HTMLImageElement>(null);
  const [coming, setComing] = useState(false);
  useEffect(() => setComing(image.current?.complete === false), []);
  if (!media?.width || !media.height) return null;
  const alone = pictures.length === 1;
  const size = alone
    ? fitInside({ width: media.width, height: media.height }, BOX)
    : { width: TILE_PX, height: TILE_PX };
  const open = () => {
    if (shown) state.overlay.value = { kind: "picture", pictures, at };
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
        ref={image}
        src={thumbnailUrl(media.uri, size.width * 2, size.height * 2)}
        width={size.width}
        height={size.height}
        alt={media.alt ?? ""}
        title={media.alt ?? media.name}
        loading="lazy"
        decoding="async"
        onLoad={() => setComing(false)}
        onError={() => setComing(false)}
      />
      {coming && media.thumbhash && <Coming hash={media.thumbhash} />}
      {!shown && <span class="veil">{t("media.spoilerShort")}</span>}
    </button>
  );
}
