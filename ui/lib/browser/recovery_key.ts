import { askedGroups } from "../encryption/recovery.ts";
import { formatFull } from "../format/time.ts";
import { t } from "../i18n/t.ts";

/** Two groups of a recovery key to be typed, by chance. */
export function pickGroups(count: number): readonly [number, number] {
  return askedGroups(count, crypto.getRandomValues(new Uint8Array(2)));
}

/** Saves a recovery key as a text file, with what it is for. */
export function saveKey(
  { secret, userName, serverName }: { secret: string; userName: string; serverName: string },
): void {
  const text = t("e2ee.key.file", {
    user: `${userName}@${serverName}`,
    server: serverName,
    date: formatFull(Date.now(), "UTC"),
    key: secret,
  });
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `openguild-recovery-key-${userName}.txt`;
  link.click();
  URL.revokeObjectURL(url);
}
