import { useEffect, useRef, useState } from "preact/hooks";
import type { MessageMedia } from "../../../../core/api/message.ts";
import { mediaUrl } from "../../../lib/format/media_url.ts";
import { t } from "../../../lib/i18n/t.ts";
import type { Overlay } from "../../../lib/store/chat.ts";
import { Icon, type IconName } from "../../Icon.tsx";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";
import { wholeFile } from "../../../lib/e2ee/opened_files.ts";
import { saveFile } from "../SealedAttachments.tsx";
import { useOpenedFile } from "../use_opened_file.ts";

const ZOOM_MAX = 4;
const ZOOM_STEP = 1.5;
/** A finger must travel this far, and this much more in one direction than in the other. */
const SWIPE_PX = 56;
const MOSTLY = 1.6;
/** One press of a mouse enlarges; a finger presses twice, as it is used to. */
const MOUSE = "(hover: hover)";

/** Pictures of a message as large as the window allows, one at a time. */
export default function PictureView(
  { overlay }: { overlay: Extract<Overlay, { kind: "picture" }> },
) {
  const state = useChat();
  const { pictures } = overlay;
  const [at, setAt] = useState(overlay.at);
  const [zoom, setZoom] = useState(1);
  const media = pictures[at];
  const several = pictures.length > 1;
  const go = (next: number) => {
    setAt((next + pictures.length) % pictures.length);
    setZoom(1);
  };
  const scale = (factor: number) => setZoom(Math.max(1, Math.min(ZOOM_MAX, zoom * factor)));
  const onKeyDown = (event: KeyboardEvent) => {
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
  const close = () => state.overlay.value = null;
  const finger = useSwipes(zoom > 1, {
    on: () => several && go(at + 1),
    back: () => several && go(at - 1),
    down: close,
  });
  if (!media) return null;
  return (
    <Dialog title={media.alt ?? media.name} plain wide>
      <figure class="picture" onKeyDown={onKeyDown} {...finger}>
        <Stage
          media={media}
          zoom={zoom}
          onZoom={() => setZoom(zoom > 1 ? 1 : 2)}
          onClose={close}
        />
        <figcaption class="row picture-bar">
          <span class="grow clip" title={media.alt ?? media.name}>{media.alt ?? media.name}</span>
          {several && <Turning at={at} count={pictures.length} onGo={go} />}
          <Sizes zoom={zoom} onScale={scale} />
          <PictureEnds media={media} />
        </figcaption>
      </figure>
    </Dialog>
  );
}

function Turning(
  { at, count, onGo }: { at: number; count: number; onGo: (next: number) => void },
) {
  return (
    <>
      <span class="small faint nowrap" role="status">
        {t("media.of", { n: at + 1, all: count })}
      </span>
      <Act icon="back" label={t("media.previous")} onClick={() => onGo(at - 1)} />
      <Act icon="right" label={t("media.next")} onClick={() => onGo(at + 1)} />
    </>
  );
}

function Sizes({ zoom, onScale }: { zoom: number; onScale: (factor: number) => void }) {
  return (
    <>
      <Act
        icon="minus"
        label={t("media.smaller")}
        disabled={zoom <= 1}
        onClick={() => onScale(1 / ZOOM_STEP)}
      />
      <Act
        icon="plus"
        label={t("media.larger")}
        disabled={zoom >= ZOOM_MAX}
        onClick={() => onScale(ZOOM_STEP)}
      />
    </>
  );
}

interface Swipes {
  readonly on: () => void;
  readonly back: () => void;
  readonly down: () => void;
}

/** What one finger does with a picture that is not enlarged: those that are it moves. */
function useSwipes(enlarged: boolean, { on, back, down }: Swipes) {
  const start = useRef<Touch | undefined>(undefined);
  return {
    onTouchStart(event: TouchEvent) {
      start.current = event.touches.length === 1 && !enlarged ? event.touches[0] : undefined;
    },
    onTouchEnd(event: TouchEvent) {
      const [from, to] = [start.current, event.changedTouches[0]];
      start.current = undefined;
      if (!from || !to || event.touches.length > 0) return;
      const x = (to.clientX - from.clientX) * (document.dir === "rtl" ? -1 : 1);
      const y = to.clientY - from.clientY;
      if (Math.abs(x) >= SWIPE_PX && Math.abs(x) > Math.abs(y) * MOSTLY) (x < 0 ? on : back)();
      else if (y >= SWIPE_PX && y > Math.abs(x) * MOSTLY) down();
    },
  };
}

/** The picture in a frame that scrolls while it is larger than it. */
function Stage(
  props: { media: MessageMedia; zoom: number; onZoom: () => void; onClose: () => void },
) {
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
    // Enlarged, it begins at the corner of the frame; its middle is what one looked at.
    box.scrollTo(
      (box.scrollWidth - box.clientWidth) / 2,
      (box.scrollHeight - box.clientHeight) / 2,
    );
  }, [zoom, media]);
  useEffect(() => frame.current?.focus(), []);
  return (
    <div
      class={zoom > 1 ? "picture-frame zoomed" : "picture-frame"}
      ref={frame}
      tabIndex={0}
      role="group"
      aria-label={t("media.frame")}
      onClick={(event) => event.target === event.currentTarget && zoom === 1 && props.onClose()}
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
          onClick={() => matchMedia(MOUSE).matches && props.onZoom()}
          onDblClick={() => matchMedia(MOUSE).matches || props.onZoom()}
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
