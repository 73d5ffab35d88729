import type { UploadItem, useUploads } from "../../lib/browser/use_uploads.ts";
import { formatSize } from "../../lib/format/size.ts";
import { t } from "../../lib/i18n/t.ts";
import { Icon } from "../Icon.tsx";

type Uploads = ReturnType<typeof useUploads>;

/** Files of the next message: how far each is, what it shows, and the way to drop it. */
export function UploadList({ uploads }: { uploads: Uploads }) {
  return (
    <ul class="uploads">
      {uploads.items.map((item) => <UploadCard key={item.id} item={item} uploads={uploads} />)}
    </ul>
  );
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
          ? <p class="tiny danger-text" role="alert">{item.error}</p>
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
