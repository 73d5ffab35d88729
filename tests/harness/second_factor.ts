import { Secret, TOTP } from "otpauth";
import type { UserId } from "../../core/ids/user_id.ts";
import { beginTotp, confirmTotp } from "../../server/services/accounts/second_factor.ts";
import { GOOD_PASSWORD, type TestAccounts } from "./accounts.ts";

/** Has the account ask for a second step. Time goes on, so that the code of now is fresh. */
export async function guardWithApp(
  deps: TestAccounts["deps"],
  userId: UserId,
): Promise<{ codes: readonly string[] }> {
  const { secret } = await beginTotp(deps, { userId, password: GOOD_PASSWORD });
  const totp = new TOTP({ secret: Secret.fromBase32(secret) });
  const code = totp.generate({ timestamp: deps.clock.now() });
  const codes = await confirmTotp(deps, { userId, code });
  deps.clock.advance(60_000);
  return { codes };
}
