import { hash } from "node:crypto";
import { base64urlnopad } from "@scure/base";
import { PASSKEYS } from "../../../core/api/passkeys.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { AccountDeps } from "./deps.ts";

/** What an authenticator is asked for; an answer to one question is none to another. */
export type Purpose = "add" | "sign_in" | "second_step" | "confirm";

type ChallengeDeps = Pick<AccountDeps, "sql" | "clock">;

const CHALLENGE_BYTES = 32;
/** Questions that may wait at once for one account; the oldest makes room. */
const CHALLENGES_PER_USER = 10;

/** Random bytes for an authenticator to sign, kept until they are answered or too old. */
export async function newChallenge(
  deps: ChallengeDeps & Pick<AccountDeps, "rng">,
  { purpose, userId }: { readonly purpose: Purpose; readonly userId: UserId | null },
): Promise<Uint8Array<ArrayBuffer>> {
  const challenge = new Uint8Array(deps.rng.bytes(CHALLENGE_BYTES));
  const expiresTs = deps.clock.now() + PASSKEYS.challengeMs;
  await deps.sql`
    delete from passkey_challenges where challenge_hash in (
      select challenge_hash from passkey_challenges where user_id = ${userId}
      order by expires_ts desc, challenge_hash offset ${CHALLENGES_PER_USER - 1})`;
  await deps.sql`
    insert into passkey_challenges (challenge_hash, purpose, user_id, expires_ts)
    values (${hashOf(challenge)}, ${purpose}, ${userId}, ${expiresTs})`;
  return challenge;
}

/**
 * The challenge that an answer was given to, as base64url. It is used up, whatever else is wrong
 * with the answer; undefined where this server asks no such question now.
 */
export async function useChallenge(
  deps: ChallengeDeps,
  clientDataJson: string,
  { purpose, userId }: { readonly purpose: Purpose; readonly userId: UserId | null },
): Promise<string | undefined> {
  const challenge = challengeIn(clientDataJson);
  if (challenge === undefined) return undefined;
  const used = await deps.sql`
    delete from passkey_challenges
    where challenge_hash = ${hashOf(challenge)} and purpose = ${purpose}
      and user_id is not distinct from ${userId}::text and expires_ts > ${deps.clock.now()}`;
  return used.count === 0 ? undefined : base64urlnopad.encode(challenge);
}

/** WebAuthn section 5.8.1: the client data names the challenge that was signed. */
function challengeIn(clientDataJson: string): Uint8Array | undefined {
  try {
    const text = new TextDecoder().decode(base64urlnopad.decode(clientDataJson));
    const data: unknown = JSON.parse(text);
    if (typeof data !== "object" || data === null || !("challenge" in data)) return undefined;
    if (typeof data.challenge !== "string") return undefined;
    const challenge = base64urlnopad.decode(data.challenge);
    return challenge.length === CHALLENGE_BYTES ? challenge : undefined;
  } catch {
    return undefined; // neither base64url nor JSON
  }
}

function hashOf(challenge: Uint8Array): Uint8Array {
  return new Uint8Array(hash("sha256", challenge, "buffer"));
}
