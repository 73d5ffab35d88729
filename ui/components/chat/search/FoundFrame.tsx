import type { MessageMedia } from "../../../../core/api/message.ts";
import { t } from "../../../lib/i18n/t.ts";
import { Icon } from "../../Icon.tsx";

/** Edge of a picture beside what was found, in CSS pixels. */
export const FOUND_PX = 48;

/** Its place is kept while the picture comes; a spoiler is not shown beside what was found. */
export function FoundFrame({ pictures, src }: {
  pictures: readonly MessageMedia[];
  src: string | undefined;
}) {
  const [first] = pictures;
  if (!first) return null;
  return (
    <span class="found-picture">
      {first.spoiler
        ? (
          <span class="found-veil">
            <Icon name="hidden" />
            <span class="sr">{t("media.spoilerShort")}</span>
          </span>
        )
        : src !== undefined && (
          <img
            src={src}
            width={FOUND_PX}
            height={FOUND_PX}
            alt={first.alt ?? ""}
            loading="lazy"
            decoding="async"
          />
        )}
      {pictures.length > 1 && (
        <span class="found-more">
          <span aria-hidden="true">+{pictures.length - 1}</span>
          <span class="sr">{t("media.gallery", { n: pictures.length })}</span>
        </span>
      )}
    </span>
  );
}
