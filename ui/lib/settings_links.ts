import type { IconName } from "../components/Icon.tsx";
import { t } from "./i18n/t.ts";

/** A page of settings in the list beside them. */
export interface SettingsLink {
  readonly href: string;
  readonly label: string;
  readonly icon: IconName;
  /** Heading of the group that begins with this link. */
  readonly group?: string;
}

/** Links of the own account's settings. */
export function accountLinks(
  { admin, mail, providers }: {
    admin: boolean;
    /** People may sign in through outside providers. */
    providers: boolean;
    /** Mails can be sent from this server. */
    mail: boolean;
  },
): SettingsLink[] {
  return [
    { href: "/settings/profile", label: t("settings.profile"), icon: "person" },
    { href: "/settings/appearance", label: t("settings.appearance"), icon: "moon" },
    { href: "/settings/keyboard", label: t("settings.keyboard"), icon: "keyboard" },
    { href: "/settings/language", label: t("settings.language"), icon: "globe" },
    {
      href: "/settings/privacy",
      label: t("settings.privacy"),
      icon: "hidden",
    },
    { href: "/settings/notifications", label: t("settings.notifications"), icon: "bell" },
    { href: "/settings/voice", label: t("voiceSet.title"), icon: "mic" },
    { href: "/settings/sessions", label: t("settings.sessions"), icon: "device" },
    { href: "/settings/encryption", label: t("e2ee.title"), icon: "lock" },
    ...(mail ? [{ href: "/settings/email", label: t("email.title"), icon: "at" } as const] : []),
    { href: "/settings/password", label: t("settings.password"), icon: "key" },
    { href: "/settings/second-factor", label: t("twoStep.title"), icon: "shield" },
    { href: "/settings/passkeys", label: t("passkey.title"), icon: "key" },
    ...(providers
      ? [{ href: "/settings/logins", label: t("oidc.settings"), icon: "globe" } as const]
      : []),
    { href: "/settings/tokens", label: t("apiToken.title"), icon: "key" },
    { href: "/settings/data", label: t("settings.data"), icon: "file" },
    { href: "/settings/account", label: t("settings.account"), icon: "leave" },
    ...(admin ? [{ href: "/admin", label: t("admin.title"), icon: "shield" } as const] : []),
  ];
}
