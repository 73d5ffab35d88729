import type { PasskeyAnswer } from "../../../core/api/passkeys.ts";
import { addressKey } from "../../http/rate_limit.ts";
import type { AccountDeps } from "./deps.ts";
import { endDisplaced } from "./end_sessions.ts";
import { findChallenged } from "./login_challenge.ts";
import { askForAnyPasskey, askForPasskey, takePasskey } from "./passkeys.ts";
import { accountLocked } from "./refusals.ts";
import { type Device, type StartedSession, startSession } from "./start_session.ts";
import { badPasskey } from "./webauthn.ts";

/**
 * What to ask an authenticator with, before anybody is signed in: for any passkey of this server,
 * or for one of the account whose password was right.
 * @throws OperationError `gone`, `conflict`, `rate_limited`, `unavailable`
 */
export async function beginPasskeyLogin(
  deps: Pick<AccountDeps, "sql" | "clock" | "rng" | "publicUrl" | "throttle">,
  input: { readonly challenge: string | undefined; readonly address: string },
): Promise<{ options: Record<string, unknown> }> {
  await deps.throttle.take("sign-ins were begun from here", [
    { policy: "lookupAddress", who: addressKey(input.address) },
  ]);
  if (input.challenge === undefined) return await askForAnyPasskey(deps);
  const { user_id: userId } = await findChallenged(deps, input.challenge);
  return await askForPasskey(deps, { userId, purpose: "second_step" });
}

/**
 * Signs in with a passkey alone: having it and unlocking it are two steps.
 * @throws OperationError `bad_passkey`, `account_locked`, `rate_limited`, `unavailable`
 */
export async function logInWithPasskey(
  deps: Pick<
    AccountDeps,
    "sql" | "clock" | "rng" | "bus" | "sessions" | "throttle" | "publicUrl" | "lifetimes"
  >,
  input: {
    readonly passkey: PasskeyAnswer;
    readonly address: string;
    readonly device: Device;
  },
): Promise<StartedSession> {
  const from = [{ policy: "loginAddress", who: addressKey(input.address) }] as const;
  await deps.throttle.take("tries to sign in", from);
  const asked = { answer: input.passkey, purpose: "sign_in", userId: null } as const;
  const started = await takePasskey(deps, asked, async (tx, userId) => {
    const [user] = await tx<{ admin: boolean; state: string; state_reason: string | null }[]>`
      select admin, state, state_reason from users where user_id = ${userId} for share`;
    if (user === undefined || user.state === "deactivated") throw badPasskey();
    if (user.state === "locked") throw accountLocked(user.state_reason);
    const session = { rng: deps.rng, nowMs: deps.clock.now(), lifetimes: deps.lifetimes };
    return await startSession(tx, session, { userId, admin: user.admin, device: input.device });
  });
  await deps.throttle.giveBack(from);
  endDisplaced(deps, started);
  return started;
}
