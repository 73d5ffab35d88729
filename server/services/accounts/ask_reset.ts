import { addressKey } from "../../http/rate_limit.ts";
import { queueAwaitedMail } from "../mail/mail_queue.ts";
import type { AccountDeps } from "./deps.ts";
import { foldAddress, requireMail } from "./own_email.ts";

/**
 * Queues a mail with links for a new password. Whether there is such an account is found out when
 * the mail is sent, so that neither the answer nor its time tells; what is counted is what was
 * typed, whether or not it exists.
 * @throws OperationError `rate_limited`, `unavailable`
 */
export async function askReset(
  deps: Pick<AccountDeps, "sql" | "clock" | "throttle" | "mail">,
  input: { readonly who: string; readonly address: string; readonly language?: string },
): Promise<void> {
  const mail = requireMail(deps);
  const who = foldAddress(input.who);
  await deps.throttle.take("links were asked for", [
    { policy: "lookupAddress", who: addressKey(input.address) },
    { policy: "resetAddress", who: addressKey(input.address) },
    { policy: "resetAsked", who },
  ]);
  await queueAwaitedMail(deps.sql, {
    kind: "reset_password",
    recipient: null,
    language: input.language ?? "en",
    about: { who },
    nowMs: deps.clock.now(),
  });
  mail.wake();
}
