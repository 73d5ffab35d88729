import type { z } from "zod";
import type { checkUserName as operation } from "../../../core/api/account.ts";
import { OperationError } from "../../../core/errors.ts";
import { addressKey } from "../../http/rate_limit.ts";
import { requireFreeName } from "./create_user_row.ts";
import type { AccountDeps } from "./deps.ts";
import { parseUserName } from "./user_name.ts";

type Availability = z.infer<typeof operation.result>;

/** Whether a name can be taken by anyone who registers. @throws OperationError `rate_limited` */
export async function checkUserName(
  deps: Pick<AccountDeps, "sql" | "throttle">,
  input: { readonly userName: string; readonly address: string },
): Promise<Availability> {
  await deps.throttle.take("names were tried from here", [
    { policy: "lookupAddress", who: addressKey(input.address) },
  ]);
  const typed = input.userName.trim().toLowerCase();
  try {
    await requireFreeName(deps.sql, parseUserName(typed), { admin: false });
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    const reason = error.details?.["reason"];
    return {
      user_name: typed,
      available: false,
      reason: reason === "reserved" || reason === "taken" || reason === "confusable"
        ? reason
        : "grammar",
      message: error.message,
    };
  }
  return { user_name: typed, available: true, reason: null, message: null };
}
