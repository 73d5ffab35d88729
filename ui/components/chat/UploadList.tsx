import { useEffect, useRef } from "preact/hooks";
import type { Uploads } from "../../lib/browser/uploads.ts";
import { formatSize } from "../../lib/format/size.ts";
import { t } from "../../lib/i18n/t.ts";
import type { UploadItem } from "../../lib/store/composing.ts";
import { Icon } from "../Icon.tsx";

/** Of a name, always seen: as long as most endings with their dot. */
const ENDING_CHARS = 6;

/** Files of the next message: how far each is, what it shows, and the way to drop it. */
export default function UploadList({ uploads }: { uploads: Uploads }) {
  return (
    <>
      <ul class="uploads">
        {uploads.items.map((item) => <UploadCard key={item.id} item={item} uploads={uploads} />)}
      </ul>
      <p class="sr" role="status">{spokenState(uploads.items)}</p>
    </>
  );
}

/** For screen readers: not each step of a bar, only what has ended and how. */
function spokenState(items: readonly UploadItem[]): string {
  const failed = items.filter((item) => item.error !== null);
  if (failed.length > 0) {
    return failed.map((item) => `${item.name}: ${item.error}`).join(" ");
  }
  return items.every((item) => item.media) ? t("upload.ready", { n: items.length }) : "";
}

function UploadCard({ item, uploads }: { item: UploadItem; uploads: Uploads }) {
  const card = useRef<HTMLLIElement>(null);
  // Of many files some are out of sight: what needs somebody comes into it.
  useEffect(() => {
    if (item.error !== null) card.current?.scrollIntoView({ block: "nearest" });
  }, [item.error]);
  return (
    <li ref={card} class={item.error ? "upload failed" : "upload"}>
      <div class="upload-picture">
        {item.preview ? <img src={item.preview} alt="" /> : <Icon name="file" />}
      </div>
      <div class="grow clip">
        <p class="row-tight">
          <FileName name={item.name} />
          <span class="tiny faint nowrap">{formatSize(item.size)}</span>
        </p>
        {item.error
          ? <p class="tiny danger-text">{item.error}</p>
          : item.media
          ? <Details item={item} onChange={(part) => uploads.change(item.id, part)} />
          : (
            <progress
              max={1}
              value={item.part}
              aria-label={t("upload.progress", { name: item.name })}
            >
              {Math.round(item.part * 100)}%
            </progress>
          )}
      </div>
      {item.error !== null && item.again && (
        <button
          type="button"
          class="icon-button small"
          title={t("upload.again", { name: item.name })}
          aria-label={t("upload.again", { name: item.name })}
          onClick={() => uploads.retry(item.id)}
        >
          <Icon name="turn" small />
        </button>
      )}
      <button
        type="button"
        class="icon-button small"
        aria-label={t("upload.drop", { name: item.name })}
        onClick={() => uploads.drop(item.id)}
      >
        <Icon name="close" small />
      </button>
    </li>
  );
}

/** A long name is cut before its end: that says what kind of file it is. */
function FileName({ name }: { name: string }) {
  const end = Math.max(0, name.length - ENDING_CHARS);
  return (
    <span class="grow file-name small strong" title={name}>
      <span class="clip">{name.slice(0, end)}</span>
      <span class="nowrap">{name.slice(end)}</span>
    </span>
  );
}

/** What a file shows before anybody opens it. */
function Details({ item, onChange }: {
  item: UploadItem;
  onChange: (part: Partial<Pick<UploadItem, "alt" | "spoiler">>) => void;
}) {
  return (
    <div class="row-tight">
      {item.preview && (
        <input
          class="input upload-alt grow"
          value={item.alt}
          maxLength={1000}
          placeholder={t("upload.alt")}
          aria-label={t("upload.altFor", { name: item.name })}
          onInput={(event) => onChange({ alt: event.currentTarget.value })}
        />
      )}
      <button
        type="button"
        class={item.preview ? "icon-button small" : "button small"}
        title={t("upload.spoiler")}
        aria-label={t("upload.spoiler")}
        aria-pressed={item.spoiler ? "true" : "false"}
        onClick={() => onChange({ spoiler: !item.spoiler })}
      >
        <Icon name={item.spoiler ? "hidden" : "eye"} small />
        {!item.preview && t("upload.spoiler")}
      </button>
    </div>
  );
}
