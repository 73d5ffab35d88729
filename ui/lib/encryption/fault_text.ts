import { CallRefused, ServerUnreachable } from "../../../core/e2ee/engine/ports.ts";
import { parseRecoveryKey } from "../../../core/e2ee/recovery_key.ts";
import { ApiError } from "../api/request.ts";
import { errorText } from "../i18n/error_text.ts";
import { t } from "../i18n/t.ts";
import { PasskeyRefused } from "../browser/backup_passkey.ts";

/** What is wrong with a recovery key as it was typed, before anything is asked of anybody. */
export function recoveryKeyFault(typed: string): string | undefined {
  const read = parseRecoveryKey(typed);
  if (read.ok) return undefined;
  return read.group === undefined
    ? t("e2ee.get.malformed")
    : t("e2ee.get.wrongGroup", { n: read.group });
}

/** Why the engine did not do something, in words for a person. */
export function engineFault(error: unknown): string {
  if (error instanceof CallRefused) {
    if (error.code === "wrong_secret") return t("e2ee.get.wrong");
    return errorText(new ApiError(400, error.code as "invalid", error.message, error.details));
  }
  if (error instanceof PasskeyRefused) return t(`e2ee.passkey.fault.${error.reason}`);
  if (error instanceof ServerUnreachable) return t("e2ee.get.unreachable");
  return error instanceof Error ? error.message : String(error);
}
