import { HttpError } from "fresh";
import type { SettingsLink } from "../lib/settings_links.ts";
import type { Context } from "./fresh/mod.ts";
import type { State } from "../utils.ts";
import { ApiError } from "./api/request.ts";
import { type Key, t } from "./i18n/t.ts";

/** Only administrators of this server get further; others are told there is nothing. */
export async function requireAdmin(ctx: Context<State>, title: Key): Promise<void> {
  ctx.state.title = t(title);
  const self = await ctx.state.self();
  if (!self) throw new ApiError(401, "unauthorized", "Sign in.");
  if (!self.admin) throw new HttpError(404, "There is no page here.");
}

export function adminLinks(): SettingsLink[] {
  return [
    { href: "/admin", label: t("admin.server"), icon: "info" },
    { href: "/admin/users", label: t("admin.users"), icon: "people" },
    { href: "/admin/tokens", label: t("admin.tokens"), icon: "key" },
    { href: "/admin/federation", label: t("admin.servers"), icon: "link" },
    { href: "/admin/audit", label: t("gs.audit"), icon: "list" },
  ];
}
