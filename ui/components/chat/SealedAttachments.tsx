import { useState } from "preact/hooks";
import type { MessageMedia } from "../../../core/api/message.ts";
import { showFile, wholeFile } from "../../lib/e2ee/opened_files.ts";
import { fitInside } from "../../lib/format/fit.ts";
import { formatSize } from "../../lib/format/size.ts";
import { t } from "../../lib/i18n/t.ts";
import { lockOf } from "../../lib/store/locked_media.ts";
import { Icon } from "../Icon.tsx";
import { BOX, FILM, TILE_PX } from "./attachment_sizes.ts";
import ComingPicture from "./ComingPicture.tsx";
import { useChat } from "./chat_context.ts";
import { FileFrame } from "./FileFrame.tsx";
import { useOpenedFile } from "./use_opened_file.ts";

/** Files of an encrypted message: each is opened in this tab before it is shown. */
export default function SealedAttachments({ media }: { media: readonly MessageMedia[] }) {
  return <FileFrame media={media} Picture={Picture} Other={Attachment} />;
}

function Attachment({ media }: { media: MessageMedia }) {
  return /^(video|audio)\//.test(media.type) ? <Played media={media} /> : <Plain media={media} />;
}

function Picture({ pictures, at }: { pictures: readonly MessageMedia[]; at: number }) {
  const state = useChat();
  const media = pictures[at];
  const [shown, setShown] = useState(media?.spoiler !== true);
  const small = media && lockOf(media)?.thumb;
  const { url, fault } = useOpenedFile(
    shown && media ? small ?? wholeFile(media) : undefined,
    small ? "image/webp" : media?.type ?? "",
  );
  if (!media?.width || !media.height) return null;
  const size = pictures.length === 1
    ? fitInside({ width: media.width, height: media.height }, BOX)
    : { width: TILE_PX, height: TILE_PX };
  if (fault !== undefined) return <Fault media={media} fault={fault} />;
  const open = () => {
    if (shown) state.overlay.value = { kind: "picture", pictures, at };
    else setShown(true);
  };
  return (
    <button
      type="button"
      class={shown ? "attachment-picture" : "attachment-picture veiled"}
      aria-label={shown ? t("media.open", { name: media.alt ?? media.name }) : t("media.spoiler")}
      aria-busy={shown && url === undefined ? "true" : undefined}
      onClick={open}
    >
      {/* The place is kept while it is being opened: nothing moves. */}
      <img
        src={url ?? EMPTY}
        width={size.width}
        height={size.height}
        alt={media.alt ?? ""}
        title={media.alt ?? media.name}
        decoding="async"
      />
      {url === undefined && media.thumbhash && <ComingPicture hash={media.thumbhash} />}
      {!shown && <span class="veil">{t("media.spoilerShort")}</span>}
    </button>
  );
}

/** A picture of one clear pixel. */
const EMPTY = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";

function Fault({ media, fault }: { media: MessageMedia; fault: string }) {
  return (
    <p class="attachment-file" role="status">
      <Icon name="warning" />
      <span class="grow">{t("sealed.fileFault", { name: media.name, reason: fault })}</span>
    </p>
  );
}

/** A film or a sound: opened when somebody wants to see or hear it. */
function Played({ media }: { media: MessageMedia }) {
  const [wanted, setWanted] = useState(false);
  const { url, fault } = useOpenedFile(wanted ? wholeFile(media) : undefined, media.type);
  if (fault !== undefined) return <Fault media={media} fault={fault} />;
  if (url === undefined) {
    return (
      <button
        type="button"
        class="attachment-veiled"
        disabled={wanted}
        onClick={() => setWanted(true)}
      >
        <Icon name={media.type.startsWith("video/") ? "image" : "voice"} />
        <span>
          {wanted
            ? t("sealed.fileLoading", { name: media.name })
            : `${media.name} (${formatSize(media.size)})`}
        </span>
      </button>
    );
  }
  const label = media.alt ?? media.name;
  return media.type.startsWith("video/")
    ? (
      <video
        class="attachment-video"
        controls
        width={FILM.width}
        height={FILM.height}
        src={url}
        aria-label={label}
      />
    )
    : (
      <figure class="attachment-audio">
        <figcaption class="small clip">{media.name}</figcaption>
        <audio controls src={url} aria-label={label} />
      </figure>
    );
}

/** Opens a file and hands it to the browser under its name. */
export async function saveFile(media: MessageMedia): Promise<void> {
  const file = wholeFile(media);
  if (!file) return;
  const shown = showFile(file, media.type);
  try {
    const link = document.createElement("a");
    link.href = await shown.url;
    link.download = media.name;
    link.click();
  } finally {
    shown.leave();
  }
}

function Plain({ media }: { media: MessageMedia }) {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | undefined>(undefined);
  if (fault !== undefined) return <Fault media={media} fault={fault} />;
  const save = async () => {
    setBusy(true);
    try {
      await saveFile(media);
    } catch (error) {
      setFault((error as Error).message);
    }
    setBusy(false);
  };
  return (
    <button type="button" class="attachment-file" disabled={busy} onClick={() => void save()}>
      <Icon name="file" />
      <span class="grow clip">
        <span class="clip block strong">{media.name}</span>
        <span class="tiny faint" role="status">
          {busy ? t("sealed.fileLoading", { name: media.name }) : formatSize(media.size)}
        </span>
      </span>
      <Icon name="download" />
    </button>
  );
}
