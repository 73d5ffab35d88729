import type { User } from "../../../core/api/user.ts";
import { t } from "../i18n/t.ts";
import { nameOf } from "./names.ts";

/**
 * What the author of a message is called where nothing stands beside the name. A webhook chooses
 * its own for each message: it is never without the word that says so.
 */
export function authorOf(
  message: {
    readonly author: Pick<User, "id" | "display_name">;
    readonly nickname?: string | null;
    readonly webhook?: true | undefined;
  },
): string {
  const name = message.nickname ?? nameOf(message.author);
  return message.webhook ? t("user.webhookNamed", { name }) : name;
}
