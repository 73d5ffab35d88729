import { mediaUrl } from "../../../lib/format/media_url.ts";
import { t } from "../../../lib/i18n/t.ts";
import type { Overlay } from "../../../lib/store/chat.ts";
import { Icon } from "../../Icon.tsx";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";

/** A picture as large as the window allows. */
export default function PictureView(
  { overlay }: { overlay: Extract<Overlay, { kind: "picture" }> },
) {
  const state = useChat();
  const { media } = overlay;
  return (
    <Dialog title={media.alt ?? media.name} plain wide>
      <figure class="picture">
        <img
          src={mediaUrl(media.uri)}
          alt={media.alt ?? ""}
          width={media.width ?? undefined}
          height={media.height ?? undefined}
        />
        <figcaption class="row">
          <span class="grow clip">{media.alt ?? media.name}</span>
          <a
            class="icon-button"
            href={mediaUrl(media.uri, { download: true })}
            download={media.name}
            aria-label={t("media.download")}
            title={t("media.download")}
          >
            <Icon name="download" />
          </a>
          <button
            type="button"
            class="icon-button"
            aria-label={t("close")}
            onClick={() => state.overlay.value = null}
          >
            <Icon name="close" />
          </button>
        </figcaption>
      </figure>
    </Dialog>
  );
}
