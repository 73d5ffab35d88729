import type { ComponentType } from "preact";
import type { MessageMedia } from "../../../core/api/message.ts";
import { isPicture } from "../../lib/format/media_kind.ts";
import { t } from "../../lib/i18n/t.ts";

/** Files of a message in their places: one picture or a gallery of them, then the others. */
export function FileFrame({ media, Picture, Other }: {
  media: readonly MessageMedia[];
  Picture: ComponentType<{ pictures: readonly MessageMedia[]; at: number }>;
  Other: ComponentType<{ media: MessageMedia }>;
}) {
  const pictures = media.filter(isPicture);
  return (
    <div class="attachments">
      {pictures.length === 1 && <Picture pictures={pictures} at={0} />}
      {pictures.length > 1 && (
        <ul
          class={`gallery of-${pictures.length}`}
          aria-label={t("media.gallery", { n: pictures.length })}
        >
          {pictures.map((item, at) => (
            <li key={item.uri}>
              <Picture pictures={pictures} at={at} />
            </li>
          ))}
        </ul>
      )}
      {media.filter((item) => !isPicture(item)).map((item) => (
        <Other
          key={item.uri}
          media={item}
        />
      ))}
    </div>
  );
}
