import type { Preview } from "../../../core/api/preview.ts";
import { previewPictureUrl } from "../../lib/format/media_url.ts";

/** What pages behind a message's links say of themselves. The host alone is no claim of theirs. */
export function Previews({ previews }: { previews: readonly Preview[] }) {
  return (
    <>
      {previews.map(({ url, host, site, title, description, picture }) => (
        <div class="preview" key={url}>
          <div class="preview-words">
            <p class="preview-site">
              {site && site !== host && <bdi>{site}</bdi>}
              <bdi>{host}</bdi>
            </p>
            <a
              class="preview-title"
              dir="auto"
              href={url}
              target="_blank"
              rel="noopener noreferrer nofollow ugc"
            >
              {title}
            </a>
            {description && <p class="preview-text" dir="auto">{description}</p>}
          </div>
          {picture && (
            <img
              src={previewPictureUrl(picture.id)}
              width={picture.width}
              height={picture.height}
              alt={picture.alt ?? ""}
              loading="lazy"
              decoding="async"
            />
          )}
        </div>
      ))}
    </>
  );
}
