import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { AccountDeps } from "./deps.ts";
import { wrongPassword } from "./refusals.ts";

/**
 * A hash that no password fits, with today's parameters: an unknown name costs the same
 * work as a wrong password.
 */
export const NOBODY_HASH =
  "$argon2id$v=19$m=19456,t=2,p=1$b3Blbmd1aWxkLW5vYm9keQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/**
 * The password of who is signed in, entered again.
 * @throws OperationError `bad_credentials`, `rate_limited`, `unavailable`
 */
export async function requireOwnPassword(
  deps: Pick<AccountDeps, "sql" | "passwords" | "throttle">,
  { userId, password }: { userId: UserId; password: string },
): Promise<void> {
  // A stolen session must not become a way to guess the password.
  const guess = [{ policy: "loginAccountAddress", who: `session ${userId}` }] as const;
  await deps.throttle.take("tries of the password", guess);
  const [row] = await deps.sql<{ password_hash: string }[]>`
    select password_hash from credentials where user_id = ${userId}`;
  const matches = await deps.passwords.verify(password, row?.password_hash ?? NOBODY_HASH);
  if (!matches || row === undefined) throw wrongPassword();
  await deps.throttle.giveBack(guess);
}

/** What a signed-in person shows once more: the password, or else a confirmation of their session. */
export interface OwnerProof {
  readonly userId: UserId;
  readonly password?: string | undefined;
  /** See `Caller`. */
  readonly confirmedUntil?: number | null;
}

/**
 * The password where the account has one; without one (it is opened by a passkey or an outside
 * login) the session must have been confirmed a moment ago.
 * @throws OperationError `bad_credentials`, `confirmation_required`, `rate_limited`, `unavailable`
 */
export async function requireOwner(
  deps: Pick<AccountDeps, "sql" | "clock" | "passwords" | "throttle">,
  { userId, password, confirmedUntil }: OwnerProof,
): Promise<void> {
  const [row] = await deps.sql`select 1 from credentials where user_id = ${userId}`;
  if (row !== undefined) {
    if (password === undefined || password === "") throw wrongPassword();
    return await requireOwnPassword(deps, { userId, password });
  }
  if ((confirmedUntil ?? 0) > deps.clock.now()) return;
  throw new OperationError(
    "confirmation_required",
    "Confirm once more that it is you before doing this.",
  );
}
