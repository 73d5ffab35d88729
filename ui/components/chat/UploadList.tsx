import type { Uploads } from "../../lib/browser/uploads.ts";
import { formatSize } from "../../lib/format/size.ts";
import { t } from "../../lib/i18n/t.ts";
import type { UploadItem } from "../../lib/store/composing.ts";
import { Icon } from "../Icon.tsx";

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
  return (
    <li class={item.error ? "upload failed" : "upload"}>
      <div class="upload-picture">
        {item.preview ? <img src={item.preview} alt="" /> : <Icon name="file" />}
      </div>
      <div class="grow clip">
        <p class="clip small strong">{item.name}</p>
        {item.error
          ? <p class="tiny danger-text">{item.error}</p>
          : item.media
          ? (
            <div class="row-tight">
              {item.preview && (
                <input
                  class="input upload-alt"
                  value={item.alt}
                  maxLength={1000}
                  placeholder={t("upload.alt")}
                  aria-label={t("upload.altFor", { name: item.name })}
                  onInput={(event) => uploads.change(item.id, { alt: event.currentTarget.value })}
                />
              )}
              <button
                type="button"
                class="button small"
                aria-pressed={item.spoiler ? "true" : "false"}
                onClick={() => uploads.change(item.id, { spoiler: !item.spoiler })}
              >
                <Icon name={item.spoiler ? "hidden" : "eye"} small />
                {t("upload.spoiler")}
              </button>
            </div>
          )
          : (
            <progress
              max={1}
              value={item.part}
              aria-label={t("upload.progress", { name: item.name })}
            >
              {Math.round(item.part * 100)}%
            </progress>
          )}
        <p class="tiny faint">{formatSize(item.size)}</p>
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
