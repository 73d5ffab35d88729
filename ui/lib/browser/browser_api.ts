import { errorText } from "../i18n/error_text.ts";
import { refusalTexts } from "../i18n/later.ts";
import { t } from "../i18n/t.ts";
import { ApiError, describeCall, readAnswer } from "../api/request.ts";
import type { AnyCallInput, CallInput, CallResult, OperationName } from "../api/types.ts";
import { ANSWERED } from "./answered.ts";

/**
 * Calls an operation with the session cookie of this tab. Throws ApiError; code "offline"
 * where nothing answered. A session that has ended leads to the login page and back.
 */
export async function callApi<Name extends OperationName>(
  name: Name,
  ...input: Record<never, never> extends CallInput<Name> ? [CallInput<Name>?] : [CallInput<Name>]
): Promise<CallResult<Name>> {
  const given = (input[0] ?? {}) as AnyCallInput;
  const { method, path, body } = describeCall(name, given);
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: "same-origin",
      headers: body === undefined ? {} : { "content-type": "application/json" },
      ...(body === undefined ? {} : { body }),
      ...(given.timeoutMs === undefined ? {} : { signal: AbortSignal.timeout(given.timeoutMs) }),
    });
  } catch {
    throw new ApiError(0, "offline", t("refused.offline"));
  }
  dispatchEvent(new Event(ANSWERED));
  try {
    return await readAnswer(response) as CallResult<Name>;
  } catch (error) {
    if (error instanceof ApiError && error.code === "unauthorized") goToLogin();
    await refusalTexts();
    throw error;
  }
}

/** Somebody logs out: the answer to that leads on, not the end of the session. */
let loggingOut = false;

export function expectLogout(): void {
  loggingOut = true;
}

/** Where a session ends by itself. */
export function goToLogin(): void {
  if (loggingOut) return;
  const next = encodeURIComponent(location.pathname + location.search);
  location.assign(`/login?ended=1&next=${next}`);
}

/** Words for a person about anything that was thrown. */
export function reasonOf(error: unknown): string {
  if (error instanceof ApiError) return errorText(error);
  return error instanceof Error ? error.message : String(error);
}
