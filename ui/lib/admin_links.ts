import { t } from "./i18n/t.ts";
import type { SettingsLink } from "./settings_links.ts";

/** Pages of those who run the server. */
export function adminLinks(): SettingsLink[] {
  return [
    { href: "/admin/overview", label: t("admin.overview"), icon: "screen" },
    { href: "/admin/health", label: t("admin.health"), icon: "check" },
    { href: "/admin/users", label: t("admin.users"), icon: "people", group: t("admin.people") },
    { href: "/admin/registrations", label: t("admin.waiting"), icon: "clock" },
    { href: "/admin/tokens", label: t("admin.tokens"), icon: "key" },
    { href: "/admin/reports", label: t("adminReports.title"), icon: "flag" },
    { href: "/admin/guilds", label: t("admin.guilds"), icon: "shield" },
    { href: "/admin/media", label: t("admin.media"), icon: "file", group: t("admin.server") },
    { href: "/admin/federation", label: t("admin.servers"), icon: "link" },
    { href: "/admin/settings", label: t("admin.settings"), icon: "settings" },
    { href: "/admin/audit", label: t("gs.audit"), icon: "list" },
  ];
}
