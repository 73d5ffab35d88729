import type { PasskeyAnswer } from "../../../core/api/passkeys.ts";
import type { Caller } from "../../http/caller.ts";
import type { Queryable } from "../../postgres/sql.ts";
import { publishAccountEvent } from "./account_event.ts";
import type { AccountDeps } from "./deps.ts";
import { requireOwnPassword } from "./own_password.ts";
import { takePasskey } from "./passkeys.ts";
import { takeCode } from "./second_factor.ts";
import { CONFIRM_MS } from "./start_session.ts";

/** What proves once more that a session is in its owner's hands: one of them. */
export interface IdentityProof {
  readonly password?: string | undefined;
  /** Of the authenticator app, or a recovery code. */
  readonly code?: string | undefined;
  readonly passkey?: PasskeyAnswer | undefined;
}

/**
 * Confirms identity for dangerous acts in this session, for ten minutes.
 * @throws OperationError `bad_credentials`, `bad_code`, `bad_passkey`, `rate_limited`, `unavailable`
 */
export async function confirmIdentity(
  deps: Pick<
    AccountDeps,
    "sql" | "clock" | "bus" | "sessions" | "passwords" | "throttle" | "publicUrl"
  >,
  input: { readonly caller: Pick<Caller, "userId" | "sessionId">; readonly proof: IdentityProof },
): Promise<{ confirmedUntil: number }> {
  const { userId, sessionId } = input.caller;
  const { password = "", code, passkey } = input.proof;
  const confirmedUntil = deps.clock.now() + CONFIRM_MS;
  const confirm = async (sql: Queryable) => {
    await sql`
      update sessions set confirmed_until = ${confirmedUntil} where session_id = ${sessionId}`;
  };
  if (passkey !== undefined) {
    await takePasskey(deps, { answer: passkey, purpose: "confirm", userId }, confirm);
  } else if (code !== undefined) {
    await takeCode(deps, { userId, code }, confirm);
  } else {
    await requireOwnPassword(deps, { userId, password });
    await confirm(deps.sql);
  }
  deps.sessions.drop(userId, [sessionId]);
  publishAccountEvent(deps.bus, { kind: "account_changed", user_id: userId });
  return { confirmedUntil };
}
