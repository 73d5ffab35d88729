import { t } from "../i18n/t.ts";

/** What servers call what signs in without a name of its own, in English: "Firefox on Linux". */
const BY_ITSELF =
  /^(Edge|Opera|Firefox|Samsung Internet|Chrome|Safari) on (iPhone|iPad|Android|Windows|ChromeOS|macOS|Linux)$/;

/** The name of a device in the reader's language; one that somebody chose stays as it is. */
export function shownDeviceName(name: string): string {
  const [, browser, system] = BY_ITSELF.exec(name) ?? [];
  if (browser !== undefined && system !== undefined) {
    return t("sessions.browserOn", { browser, system });
  }
  return name === "Unknown device" ? t("sessions.unknown") : name;
}
