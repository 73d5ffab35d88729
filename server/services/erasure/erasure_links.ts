import type { Erasure } from "../../../core/api/erasure.ts";
import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { Rng } from "../../../core/ports/rng.ts";
import type { Sql } from "../../postgres/sql.ts";
import { hashPresented, newSecret } from "../accounts/secret.ts";
import { listErasures } from "./order_erasure.ts";

/** Servers that are away are asked for long; a year is enough to have it in writing. */
const LINK_MS = 365 * 86_400_000;

interface LinkDeps {
  readonly sql: Sql;
  readonly clock: Pick<Clock, "now">;
}

/**
 * A link by which whoever ends their account still sees what each server made of the erasure: it
 * shows servers and numbers, and nothing of what was written.
 */
export async function makeErasureLink(
  deps: LinkDeps & { readonly rng: Rng; readonly publicUrl: string },
  userId: string,
): Promise<string> {
  const nowMs = deps.clock.now();
  const secret = newSecret(deps.rng, "link");
  await deps.sql`
    insert into erasure_links (token_hash, user_id, created_ts, expires_ts)
    values (${secret.hash}, ${userId}, ${nowMs}, ${nowMs + LINK_MS})`;
  return `${deps.publicUrl}/erasure/${secret.text}`;
}

/** @throws OperationError `not_found` */
export async function readErasureLink(
  deps: LinkDeps,
  token: string,
): Promise<{ readonly erasures: Erasure[]; readonly expires_ts: number }> {
  const hash = hashPresented(token, "link");
  const [link] = hash === undefined ? [] : await deps.sql<
    { user_id: UserId; expires_ts: number }[]
  >`
    select user_id, expires_ts from erasure_links
    where token_hash = ${hash} and expires_ts > ${deps.clock.now()}`;
  if (link === undefined) {
    throw new OperationError("not_found", "This link shows no erasure, or it is over a year old.");
  }
  const { user_id: userId, expires_ts } = link;
  return { erasures: await listErasures(deps, userId), expires_ts };
}
