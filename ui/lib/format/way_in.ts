import { t } from "../i18n/t.ts";

/** Words for how accounts come, by what the API calls it. */
const WAYS: ReadonlyMap<string, (id: string) => string> = new Map([
  ["open", () => t("admin.wayIn.open")],
  ["admin", () => t("admin.wayIn.admin")],
  ["first_administrator", () => t("admin.wayIn.first")],
  ["token", (id: string) => t("admin.wayIn.token", { id })],
  ["invite", (id: string) => t("admin.wayIn.invite", { id })],
  ["oidc", (id: string) => t("admin.wayIn.oidc", { id })],
]);

/**
 * How an account came to be, in words. `createdBy`: as the API tells it, a word or `word:id`; one
 * that a newer server knows is shown as it is.
 */
export function wayIn(createdBy: string): string {
  const [word = "", ...id] = createdBy.split(":");
  return WAYS.get(word)?.(id.join(":")) ?? createdBy;
}
