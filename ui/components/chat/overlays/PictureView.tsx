import { useEffect, useRef, useState } from "preact/hooks";
import type { MessageMedia } from "../../../../core/api/message.ts";
import { mediaUrl } from "../../../lib/format/media_url.ts";
import { t } from "../../../lib/i18n/t.ts";
import type { Overlay } from "../../../lib/store/chat.ts";
import { Icon, type IconName } from "../../Icon.tsx";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";
import { saveFile, wholeFile } from "../SealedAttachments.tsx";
import { useOpenedFile } from "../use_opened_file.ts";

const ZOOM_MAX = 4;
const ZOOM_STEP = 1.5;

/** Pictures of a message as large as the window allows, one at a time. */
export default function PictureView(
  { overlay }: { overlay: Extract<Overlay, { kind: "picture" }> },
) {
  const { pictures } = overlay;
  const [at, setAt] = useState(overlay.at);
  const [zoom, setZoom] = useState(1);
  const media = pictures[at];
  const go = (next: number) => {
    setAt((next + pictures.length) % pictures.length);
    setZoom(1);
  };
  const scale = (factor: number) => setZoom(Math.max(1, Math.min(ZOOM_MAX, zoom * factor)));
  const onKeyDown = (event: KeyboardEvent) => {
    const several = pictures.length > 1;
    // A large picture is moved by the arrow keys instead.
    if (event.key === "ArrowRight" && several && zoom === 1) go(at + 1);
    else if (event.key === "ArrowLeft" && several && zoom === 1) go(at - 1);
    else if (event.key === "Home" && several) go(0);
    else if (event.key === "End" && several) go(pictures.length - 1);
    else if (event.key === "+" || event.key === "=") scale(ZOOM_STEP);
    else if (event.key === "-") scale(1 / ZOOM_STEP);
    else if (event.key === "0") setZoom(1);
    else return;
    event.preventDefault();
  };
  if (!media) return null;
  return (
    <Dialog title={media.alt ?? media.name} plain wide>
      <figure class="picture" onKeyDown={onKeyDown}>
        <Stage
          media={media}
          zoom={zoom}
          onZoom={() => setZoom(zoom > 1 ? 1 : 2)}
        />
        <figcaption class="row picture-bar">
          <span class="grow clip" title={media.alt ?? media.name}>{media.alt ?? media.name}</span>
          {pictures.length > 1 && (
            <>
              <span class="small faint nowrap" role="status">
                {t("media.of", { n: at + 1, all: pictures.length })}
              </span>
              <Act icon="back" label={t("media.previous")} onClick={() => go(at - 1)} />
              <Act icon="right" label={t("media.next")} onClick={() => go(at + 1)} />
            </>
          )}
          <Act
            icon="minus"
            label={t("media.smaller")}
            disabled={zoom <= 1}
            onClick={() => scale(1 / ZOOM_STEP)}
          />
          <Act
            icon="plus"
            label={t("media.larger")}
            disabled={zoom >= ZOOM_MAX}
            onClick={() => scale(ZOOM_STEP)}
          />
          <PictureEnds media={media} />
        </figcaption>
      </figure>
    </Dialog>
  );
}

/** The picture in a frame that scrolls while it is larger than it. */
function Stage(props: { media: MessageMedia; zoom: number; onZoom: () => void }) {
  const { media, zoom } = props;
  const sealed = wholeFile(media);
  const { url, fault } = useOpenedFile(sealed, media.type);
  const picture = useRef<HTMLImageElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const image = picture.current;
    const box = frame.current;
    if (!image || !box) return;
    image.style.scale = String(zoom);
    if (zoom === 1) box.scrollTo(0, 0);
  }, [zoom, media]);
  useEffect(() => frame.current?.focus(), []);
  return (
    <div
      class={zoom > 1 ? "picture-frame zoomed" : "picture-frame"}
      ref={frame}
      tabIndex={0}
      role="group"
      aria-label={t("media.frame")}
    >
      {fault !== undefined && (
        <p role="alert">{t("sealed.fileFault", { name: media.name, reason: fault })}</p>
      )}
      {(!sealed || url !== undefined) && (
        <img
          key={media.uri}
          ref={picture}
          src={url ?? mediaUrl(media.uri)}
          alt={media.alt ?? ""}
          width={media.width ?? undefined}
          height={media.height ?? undefined}
          onDblClick={props.onZoom}
        />
      )}
    </div>
  );
}

function PictureEnds({ media }: { media: MessageMedia }) {
  const state = useChat();
  return (
    <>
      {wholeFile(media)
        ? (
          <Act
            icon="download"
            label={t("media.download")}
            onClick={() => void saveFile(media).catch(() => undefined)}
          />
        )
        : (
          <a
            class="icon-button"
            href={mediaUrl(media.uri, { download: true })}
            download={media.name}
            aria-label={t("media.download")}
            title={t("media.download")}
          >
            <Icon name="download" />
          </a>
        )}
      <Act icon="close" label={t("close")} onClick={() => state.overlay.value = null} />
    </>
  );
}

function Act(props: { icon: IconName; label: string; disabled?: boolean; onClick: () => void }) {
  return (
    <button
      type="button"
      class="icon-button"
      title={props.label}
      aria-label={props.label}
      disabled={props.disabled}
      onClick={props.onClick}
    >
      <Icon name={props.icon} />
    </button>
  );
}
