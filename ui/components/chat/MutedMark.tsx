import { t } from "../../lib/i18n/t.ts";
import { Icon } from "../Icon.tsx";

/** In a row of the lists: nothing is told of this place. */
export function MutedMark() {
  return (
    <>
      <Icon name="bell_off" small />
      <span class="sr">{t("knowing.mutedNote")}</span>
    </>
  );
}
