import { base64urlnopad } from "@scure/base";
import { assert } from "../../../core/assert.ts";
import { encodeBase58Of16 } from "../../../core/ids/base58.ts";
import { localpartOf, type UserId } from "../../../core/ids/user_id.ts";
import {
  type NewPasskey,
  type Passkey,
  type PasskeyAnswer,
  PASSKEYS,
} from "../../../core/api/passkeys.ts";
import { OperationError } from "../../../core/errors.ts";
import type { Queryable, Tx } from "../../postgres/sql.ts";
import type { AccountDeps } from "./deps.ts";
import { newChallenge, type Purpose, useChallenge } from "./passkey_challenges.ts";
import { requireWayIn } from "./ways_in.ts";
import {
  authenticationOptions,
  badPasskey,
  checkAnswer,
  checkNewPasskey,
  type KeptPasskey,
  registrationOptions,
  requirePlace,
} from "./webauthn.ts";

/** WebAuthn section 14.6.1: what authenticators know of the account says nothing about it. */
const HANDLE_BYTES = 32;

type PasskeyDeps = Pick<AccountDeps, "sql" | "clock" | "rng" | "publicUrl">;

/** The account's passkeys, the oldest first. */
export async function listPasskeys(sql: Queryable, userId: UserId): Promise<Passkey[]> {
  const rows = await sql<Passkey[]>`
    select passkey_id as id, name, created_ts, last_used_ts, synced from passkeys
    where user_id = ${userId} order by created_ts, passkey_id`;
  return rows.map((row) => ({ ...row }));
}

/** What to ask an authenticator for a new key with. @throws OperationError `limit_reached`, `unavailable` */
export async function beginPasskey(
  deps: PasskeyDeps & Pick<AccountDeps, "serverName">,
  userId: UserId,
): Promise<{ options: Record<string, unknown> }> {
  const place = requirePlace(deps.publicUrl);
  const held = await heldBy(deps.sql, userId);
  if (held.length >= PASSKEYS.perUser) throw tooMany();
  const [profile] = await deps.sql<{ display_name: string | null }[]>`
    select display_name from profiles where user_id = ${userId}`;
  const userName = `${localpartOf(userId)}@${deps.serverName}`;
  const options = await registrationOptions(place, {
    serverName: deps.serverName,
    userName,
    displayName: profile?.display_name ?? userName,
    userHandle: await handleOf(deps, userId),
    challenge: await newChallenge(deps, { purpose: "add", userId }),
    held,
  });
  return { options };
}

/**
 * Keeps the key that an authenticator has made.
 * @throws OperationError `bad_passkey`, `limit_reached`, `unavailable`
 */
export async function addPasskey(
  deps: PasskeyDeps,
  input: { readonly userId: UserId; readonly name: string; readonly passkey: NewPasskey },
): Promise<Passkey> {
  const { userId, name, passkey } = input;
  const place = requirePlace(deps.publicUrl);
  const asked = { purpose: "add", userId } as const;
  const challenge = await useChallenge(deps, passkey.response.clientDataJSON, asked);
  if (challenge === undefined) throw badPasskey();
  const made = await checkNewPasskey(place, challenge, passkey);
  const id = encodeBase58Of16(deps.rng.bytes(16));
  const nowMs = deps.clock.now();
  return await deps.sql.begin(async (tx) => {
    await tx`select 1 from users where user_id = ${userId} for update`;
    const held = await heldBy(tx, userId);
    if (held.length >= PASSKEYS.perUser) throw tooMany();
    const added = await tx`
      insert into passkeys (passkey_id, credential_id, user_id, public_key, counter, transports,
        synced, name, created_ts)
      values (${id}, ${made.credentialId}, ${userId}, ${made.publicKey}, ${made.counter},
        ${[...made.transports]}, ${made.synced}, ${name}, ${nowMs})
      on conflict (credential_id) do nothing`;
    // WebAuthn section 7.1 step 26: a key that is known is nobody's new one.
    if (added.count === 0) throw badPasskey();
    return { id, name, created_ts: nowMs, last_used_ts: null, synced: made.synced };
  }) as Passkey;
}

/** @throws OperationError `not_found` */
export async function renamePasskey(
  deps: Pick<AccountDeps, "sql">,
  { userId, id, name }: { readonly userId: UserId; readonly id: string; readonly name: string },
): Promise<void> {
  const named = await deps.sql`
    update passkeys set name = ${name} where passkey_id = ${id} and user_id = ${userId}`;
  if (named.count === 0) throw noSuchPasskey();
}

/** @throws OperationError `not_found`, `conflict` where nothing else opens the account */
export async function removePasskey(
  deps: Pick<AccountDeps, "sql">,
  { userId, id }: { readonly userId: UserId; readonly id: string },
): Promise<void> {
  await deps.sql.begin(async (tx) => {
    await tx`select 1 from users where user_id = ${userId} for update`;
    const gone = await tx`
      delete from passkeys where passkey_id = ${id} and user_id = ${userId}`;
    if (gone.count === 0) throw noSuchPasskey();
    await requireWayIn(tx, userId);
  });
}

/**
 * What to ask an authenticator with for one of the account's passkeys.
 * @throws OperationError `conflict` where it has none, `unavailable`
 */
export async function askForPasskey(
  deps: PasskeyDeps,
  { userId, purpose }: { readonly userId: UserId; readonly purpose: Purpose },
): Promise<{ options: Record<string, unknown> }> {
  const place = requirePlace(deps.publicUrl);
  const held = await heldBy(deps.sql, userId);
  if (held.length === 0) {
    throw new OperationError("conflict", "This account has no passkey.");
  }
  const challenge = await newChallenge(deps, { purpose, userId });
  return { options: await authenticationOptions(place, challenge, held) };
}

/** The same for whoever the authenticator says. @throws OperationError `unavailable` */
export async function askForAnyPasskey(
  deps: PasskeyDeps,
): Promise<{ options: Record<string, unknown> }> {
  const place = requirePlace(deps.publicUrl);
  const challenge = await newChallenge(deps, { purpose: "sign_in", userId: null });
  return { options: await authenticationOptions(place, challenge) };
}

interface KeptRow {
  credential_id: string;
  user_id: UserId;
  user_handle: Uint8Array;
  public_key: Uint8Array;
  counter: number;
  transports: string[];
}

/**
 * Checks an authenticator's answer and does in the same transaction what it is for; the question
 * is used up either way.
 * @throws OperationError `bad_passkey`, `unavailable`, and what `act` throws
 */
export async function takePasskey<Result>(
  deps: Pick<AccountDeps, "sql" | "clock" | "publicUrl">,
  input: {
    readonly answer: PasskeyAnswer;
    readonly purpose: Purpose;
    /** Whose passkey it must be; null: whose it is, is what the answer proves. */
    readonly userId: UserId | null;
  },
  act: (tx: Tx, userId: UserId) => Promise<Result>,
): Promise<Result> {
  const { answer, userId } = input;
  const place = requirePlace(deps.publicUrl);
  const challenge = await useChallenge(deps, answer.response.clientDataJSON, input);
  if (challenge === undefined) throw badPasskey();
  return await deps.sql.begin(async (tx) => {
    const [row] = await tx<KeptRow[]>`
      select p.credential_id, p.user_id, u.user_handle, p.public_key, p.counter, p.transports
      from passkeys p join passkey_users u using (user_id)
      where p.credential_id = ${answer.id} for update of p`;
    if (row === undefined || (userId !== null && row.user_id !== userId)) throw badPasskey();
    // WebAuthn section 7.2 step 6: who signs in by a passkey alone is named by its user handle.
    const handle = answer.response.userHandle ?? null;
    if (handle === null ? userId === null : handle !== base64urlnopad.encode(row.user_handle)) {
      throw badPasskey();
    }
    const found = await checkAnswer(place, challenge, { answer, kept: keptOf(row) });
    await tx`
      update passkeys set counter = ${found.counter}, synced = ${found.synced},
        last_used_ts = ${deps.clock.now()}
      where credential_id = ${row.credential_id}`;
    return await act(tx, row.user_id);
  }) as Result;
}

async function heldBy(sql: Queryable, userId: UserId): Promise<KeptPasskey[]> {
  const rows = await sql<KeptRow[]>`
    select credential_id, public_key, counter, transports from passkeys
    where user_id = ${userId} order by created_ts`;
  return rows.map(keptOf);
}

function keptOf(row: KeptRow): KeptPasskey {
  return {
    credentialId: row.credential_id,
    publicKey: row.public_key,
    counter: row.counter,
    transports: row.transports,
  };
}

async function handleOf(
  deps: Pick<AccountDeps, "sql" | "rng">,
  userId: UserId,
): Promise<Uint8Array<ArrayBuffer>> {
  const [row] = await deps.sql<{ user_handle: Uint8Array }[]>`
    insert into passkey_users as p (user_id, user_handle)
    values (${userId}, ${deps.rng.bytes(HANDLE_BYTES)})
    on conflict (user_id) do update set user_handle = p.user_handle
    returning user_handle`;
  assert(row !== undefined, `${userId} got no handle for its passkeys`);
  return new Uint8Array(row.user_handle);
}

function noSuchPasskey(): OperationError {
  return new OperationError("not_found", "There is no such passkey; it may be gone already.");
}

function tooMany(): OperationError {
  return new OperationError(
    "limit_reached",
    `An account has at most ${PASSKEYS.perUser} passkeys. Remove one that you do not use.`,
  );
}
