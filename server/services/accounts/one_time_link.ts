import type { Rng } from "../../../core/ports/rng.ts";
import type { Queryable, Tx } from "../../postgres/sql.ts";
import { hashPresented, newSecret } from "./secret.ts";

/** Unused first administrator's links remembered: one a start, of the latest starts. */
const FIRST_ADMINISTRATOR_LINKS = 16;
export const FIRST_ADMINISTRATOR_LINK_MS = 30 * 86_400_000;
export const RESET_LINK_MS = 24 * 3_600_000;

export interface OneTimeLink {
  readonly url: string;
  readonly expires_ts: number;
}

/** Whether anybody administers this server yet. */
export async function hasAdministrator(sql: Queryable): Promise<boolean> {
  const [row] = await sql`select 1 from users where admin and state <> 'deactivated' limit 1`;
  return row !== undefined;
}

/**
 * A fresh link that makes its user the first administrator, for the log at every start and
 * for the command line; undefined where there is an administrator. Links of earlier starts
 * stay good, and all end with the first use.
 */
export async function makeFirstAdministratorLink(
  deps: { readonly sql: Queryable; readonly rng: Rng; readonly publicUrl: string },
  nowMs: number,
): Promise<OneTimeLink | undefined> {
  const { sql } = deps;
  if (await hasAdministrator(sql)) return undefined;
  const secret = newSecret(deps.rng, "link");
  const expiresTs = nowMs + FIRST_ADMINISTRATOR_LINK_MS;
  await sql`
    delete from one_time_links where kind = 'first_administrator' and token_hash not in (
      select token_hash from one_time_links where kind = 'first_administrator'
      order by created_ts desc limit ${FIRST_ADMINISTRATOR_LINKS - 1})`;
  await sql`
    insert into one_time_links (token_hash, kind, created_ts, expires_ts)
    values (${secret.hash}, 'first_administrator', ${nowMs}, ${expiresTs})`;
  return { url: `${deps.publicUrl}/setup/${secret.text}`, expires_ts: expiresTs };
}

/** A fresh link that sets a user's password; the user's earlier ones end. */
export async function makeResetLink(
  tx: Tx,
  deps: { readonly rng: Rng; readonly publicUrl: string; readonly nowMs: number },
  userId: string,
): Promise<OneTimeLink> {
  const secret = newSecret(deps.rng, "link");
  const expiresTs = deps.nowMs + RESET_LINK_MS;
  await tx`delete from one_time_links where kind = 'reset' and user_id = ${userId}`;
  await tx`
    insert into one_time_links (token_hash, kind, user_id, created_ts, expires_ts)
    values (${secret.hash}, 'reset', ${userId}, ${deps.nowMs}, ${expiresTs})`;
  return { url: `${deps.publicUrl}/reset/${secret.text}`, expires_ts: expiresTs };
}

/** Mailed links of a user that are good at once: who asks again shall not end the one on its way. */
const MAILED_LINKS = 4;

/**
 * A link for a mail that was asked for, maybe by somebody else: it leaves the user's newest
 * links as they are.
 */
export async function makeMailedResetLink(
  tx: Tx,
  deps: { readonly rng: Rng; readonly publicUrl: string; readonly nowMs: number },
  userId: string,
): Promise<string> {
  const secret = newSecret(deps.rng, "link");
  await tx`
    delete from one_time_links where token_hash in (
      select token_hash from one_time_links where kind = 'reset' and user_id = ${userId}
      order by created_ts desc, token_hash offset ${MAILED_LINKS - 1})`;
  await tx`
    insert into one_time_links (token_hash, kind, user_id, created_ts, expires_ts)
    values (${secret.hash}, 'reset', ${userId}, ${deps.nowMs}, ${deps.nowMs + RESET_LINK_MS})`;
  return `${deps.publicUrl}/reset/${secret.text}`;
}

export interface HeldLink {
  readonly kind: "first_administrator" | "reset";
  readonly userId: string | null;
  readonly expiresTs: number;
}

/** The link behind a presented secret, unused and in time; looking does not use it. */
export async function findLink(
  sql: Queryable,
  presented: string,
  nowMs: number,
): Promise<HeldLink | undefined> {
  const hash = hashPresented(presented, "link");
  if (hash === undefined) return undefined;
  const [row] = await sql<HeldLink[]>`
    select kind, user_id as "userId", expires_ts as "expiresTs" from one_time_links
    where token_hash = ${hash} and expires_ts > ${nowMs}`;
  return row;
}

/** Uses a link up; false where another was faster. The first administrator's ends all of them. */
export async function useLink(tx: Tx, presented: string, nowMs: number): Promise<boolean> {
  const hash = hashPresented(presented, "link");
  if (hash === undefined) return false;
  const [used] = await tx<{ kind: string }[]>`
    delete from one_time_links where token_hash = ${hash} and expires_ts > ${nowMs}
    returning kind`;
  if (used?.kind === "first_administrator") {
    await tx`delete from one_time_links where kind = 'first_administrator'`;
  }
  return used !== undefined;
}
