import { t } from "../../lib/i18n/t.ts";
import { cap } from "./Rail.tsx";

/** How often the reader is called somewhere. */
export function MentionBadge({ mentions }: { mentions: number }) {
  return (
    <span class="badge">
      {cap(mentions)}
      <span class="sr">{t("nav.mentions", { n: mentions })}</span>
    </span>
  );
}
