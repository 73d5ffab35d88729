import type { ErrorCode } from "../../../core/api/error.ts";
import type { ApiError } from "../api/request.ts";
import { ENGLISH } from "./languages.ts";
import { isHere, language, t } from "./t.ts";

/** Codes that say what happened only roughly: what the server says about it is shown too. */
const ROUGH: ReadonlySet<ErrorCode> = new Set(
  ["bad_json", "invalid", "forbidden", "not_found", "conflict", "limit_reached", "unavailable"],
);

/** Codes whose reason is how soon it was asked; others tell when to try again, too. */
const HURRIED: ReadonlySet<ErrorCode> = new Set(["rate_limited", "slow_mode"]);

/**
 * Words for a refusal of the API in the language of the moment. The server writes its sentences in
 * English and means them for people: there they are shown as they are, being the most exact.
 */
export function errorText(error: ApiError): string {
  const { code, message } = error;
  if (code === "offline" || code === "unreadable") return message;
  if (language().code === ENGLISH.code || !isHere(`fault.${code}`)) return message;
  const waitMs = error.details["retry_after_ms"];
  if (HURRIED.has(code) && typeof waitMs === "number" && waitMs > 0) {
    return t("fault.wait", { n: Math.ceil(waitMs / 1000) });
  }
  const text = t(error.details["banned"] === true ? "fault.banned" : `fault.${code}`);
  if (error.details["banned"] === true && error.details["until_ts"] === undefined) return text;
  return ROUGH.has(code) ? t("fault.said", { text, said: message }) : text;
}
