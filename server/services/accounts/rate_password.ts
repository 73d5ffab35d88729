import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { namesOf } from "./change_password.ts";
import type { AccountDeps } from "./deps.ts";
import { requireStrongPassword } from "./require_strong_password.ts";

/**
 * What the server will say of a new password, while it is being typed.
 * @throws OperationError `rate_limited`, `unavailable`
 */
export async function ratePassword(
  deps: Pick<AccountDeps, "sql" | "passwords" | "throttle" | "serverName">,
  userId: UserId,
  password: string,
): Promise<{ score: number; accepted: boolean; reason: string | null }> {
  await deps.throttle.take("passwords to rate", [
    { policy: "lookupAddress", who: `password ${userId}` },
  ]);
  const about = [...await namesOf(deps, userId), deps.serverName];
  try {
    await requireStrongPassword(deps, password, about);
  } catch (error) {
    if (!(error instanceof OperationError) || error.code !== "weak_password") throw error;
    const score = error.details?.["score"];
    return {
      score: typeof score === "number" ? score : 0,
      accepted: false,
      reason: error.message,
    };
  }
  const known = about.filter((text): text is string => typeof text === "string" && text !== "");
  const { score } = await deps.passwords.strength(password, known);
  return { score, accepted: true, reason: null };
}
