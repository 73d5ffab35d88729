import { HttpError } from "fresh";
import type { Context } from "./fresh/mod.ts";
import type { State } from "../utils.ts";
import { ApiError } from "./api/request.ts";
import { type Key, t } from "./i18n/t.ts";
import type { SettingsItem } from "./settings/search.ts";

/** Only administrators of this server get further; others are told there is nothing. */
export async function requireAdmin(ctx: Context<State>, title: Key): Promise<void> {
  ctx.state.title = t(title);
  const self = await ctx.state.self();
  if (!self) throw new ApiError(401, "unauthorized", "Sign in.");
  if (!self.admin) throw new HttpError(404, "There is no page here.");
}

const FIELDS = [
  ["server_title", "admin.serverTitle"],
  ["server_description", "admin.serverDescription"],
  ["notice", "admin.notice"],
  ["mode", "admin.mode"],
  ["invite_links", "admin.inviteLinks"],
  ["approval", "admin.approval"],
  ["abuse_contact", "admin.abuse"],
] as const;

/** What the search of the settings finds beside the pages. */
export function adminItems(): SettingsItem[] {
  return FIELDS.map(([field, key]) => ({
    label: t(key),
    href: `/admin/settings#f-${field}`,
    section: t("admin.settings"),
  }));
}

/** A query in the address; absent where it is empty. */
export function queryOf(url: URL, name: string): string | undefined {
  const value = url.searchParams.get(name)?.trim();
  return value ? value : undefined;
}

/** The one of `known` that the address asks for, else the first. */
export function chosen<const T extends string>(url: URL, name: string, known: readonly T[]): T {
  const asked = url.searchParams.get(name);
  return known.find((each) => each === asked) ?? known[0] as T;
}

/** The same page with other queries; those without a value are left out. */
export function withQuery(values: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value) query.set(name, value);
  return `?${query}`;
}
