import { assert } from "../../../core/assert.ts";
import { userIdOf } from "../../../core/ids/user_id.ts";
import { addressKey } from "../../http/rate_limit.ts";
import { createUserRow, requireFreeName } from "./create_user_row.ts";
import type { AccountDeps } from "./deps.ts";
import { openRegistration } from "./open_registration.ts";
import { cleanProfileText } from "./profile_text.ts";
import { requireStrongPassword } from "./require_strong_password.ts";
import { readSettings } from "./settings.ts";
import { type Device, type StartedSession, startSession } from "./start_session.ts";
import { parseUserName } from "./user_name.ts";

export interface Registration {
  readonly userName: string;
  readonly password: string;
  readonly displayName: string | null;
  readonly token: string | undefined;
  readonly address: string;
  readonly device: Device;
}

export interface Registered extends StartedSession {
  /** The guild invite code that opened registration, still to be accepted. */
  readonly invite: string | null;
}

/**
 * Makes an account and signs it in. Cheap refusals come before the costly work.
 * @throws OperationError `registration_closed`, `gone`, `bad_user_name`, `name_taken`, `invalid`,
 *   `weak_password`, `rate_limited`, `unavailable`
 */
export async function registerUser(
  deps: Pick<
    AccountDeps,
    | "sql"
    | "clock"
    | "rng"
    | "log"
    | "passwords"
    | "throttle"
    | "invites"
    | "serverName"
    | "pinned"
    | "lifetimes"
  >,
  input: Registration,
): Promise<Registered> {
  const signUp = { policy: "signUpAddress", who: addressKey(input.address) } as const;
  const opening = await openRegistration(deps, await readSettings(deps), input.token);
  const name = parseUserName(input.userName);
  const displayName = cleanProfileText("display_name", input.displayName);
  await requireFreeName(deps.sql, name, { admin: opening.admin });
  await requireStrongPassword(deps, input.password, [name.local, displayName, deps.serverName]);
  const guild = opening.guildId === null
    ? []
    : [{ policy: "signUpGuild", who: opening.guildId } as const];
  await deps.throttle.take("accounts were made from here", [signUp, ...guild]);
  const passwordHash = await deps.passwords.hash(input.password);
  const userId = userIdOf(name.local, deps.serverName);
  assert(userId !== undefined, `the user name ${name.local} passed its grammar and makes no id`);
  const nowMs = deps.clock.now();
  const { createdBy, admin } = opening;
  const started = await deps.sql.begin(async (tx) => {
    await opening.claim(tx);
    await createUserRow(tx, {
      userId,
      name,
      displayName,
      createdBy,
      admin,
      passwordHash,
      nowMs,
    });
    const session = { rng: deps.rng, nowMs, lifetimes: deps.lifetimes };
    return await startSession(tx, session, { userId, admin, device: input.device });
  });
  deps.log.log("info", "An account was made.", { user_id: userId, created_by: createdBy, admin });
  return { ...started, invite: opening.invite };
}
