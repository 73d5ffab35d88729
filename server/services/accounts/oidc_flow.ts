import { base64urlnopad } from "@scure/base";
import type { UserId } from "../../../core/ids/user_id.ts";
import { OperationError } from "../../../core/errors.ts";
import type { OidcPerson, Visit } from "../../oidc/oidc_client.ts";
import type { OidcProvider } from "../../config/oidc_providers.ts";
import type { Queryable, Tx } from "../../postgres/sql.ts";
import type { AccountDeps } from "./deps.ts";
import { hashPresented, newSecret } from "./secret.ts";

/** So long may signing in at the provider, and choosing a name afterwards, take. */
export const FLOW_MS = 10 * 60_000;

type FlowDeps = Pick<AccountDeps, "sql" | "clock" | "rng" | "publicUrl" | "oidc">;

/** A visit to a provider that has come back, or has not. */
interface FlowRow {
  readonly provider: string;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** Begins a visit to a provider. @throws OperationError `unavailable` */
export async function beginFlow(
  deps: FlowDeps,
  { provider, userId }: { readonly provider: OidcProvider; readonly userId: UserId | null },
): Promise<{ url: string; flow: string }> {
  const random = () => base64urlnopad.encode(deps.rng.bytes(32));
  const visit = visitOf(deps, {
    provider: provider.id,
    state: random(),
    nonce: random(),
    verifier: random(),
  });
  const url = await deps.oidc.begin(provider, visit);
  const flow = newSecret(deps.rng, "flow");
  await deps.sql`
    insert into oidc_flows (flow_hash, provider, user_id, state, nonce, verifier, expires_ts)
    values (${flow.hash}, ${provider.id}, ${userId}, ${visit.state}, ${visit.nonce},
      ${visit.verifier}, ${deps.clock.now() + FLOW_MS})`;
  return { url, flow: flow.text };
}

/**
 * Who came back, to sign in (`userId` null) or to link the account that began the visit. A visit
 * comes back once, whatever it brings.
 * @throws OperationError `gone`, `bad_provider`, `unavailable`
 */
export async function finishFlow(
  deps: Pick<AccountDeps, "sql" | "clock" | "publicUrl" | "oidc">,
  { flow, query, userId }: {
    readonly flow: string;
    readonly query: string;
    readonly userId: UserId | null;
  },
): Promise<{ person: OidcPerson; provider: string }> {
  const hash = hashOf(flow);
  const [row] = await deps.sql<FlowRow[]>`
    delete from oidc_flows
    where flow_hash = ${hash} and expires_ts > ${deps.clock.now()} and subject is null
      and user_id is not distinct from ${userId}::text
    returning provider, state, nonce, verifier`;
  if (row === undefined) throw flowGone();
  const person = await deps.oidc.finish(deps.oidc.find(row.provider), visitOf(deps, row), query);
  return { person, provider: row.provider };
}

/** Lets who came back and has no account here go on to make one, with the same secret. */
export async function keepPerson(
  deps: Pick<AccountDeps, "sql" | "clock">,
  input: { readonly flow: string; readonly provider: string; readonly person: OidcPerson },
): Promise<void> {
  const { provider, person } = input;
  await deps.sql`
    insert into oidc_flows (flow_hash, provider, state, nonce, verifier, issuer, subject, name,
      expires_ts)
    values (${hashOf(input.flow)}, ${provider}, '', '', '', ${person.issuer}, ${person.subject},
      ${person.name}, ${deps.clock.now() + FLOW_MS})`;
}

/** @throws OperationError `gone` */
export async function findPerson(
  sql: Queryable,
  { flow, nowMs }: { readonly flow: string; readonly nowMs: number },
): Promise<{ provider: string; issuer: string; subject: string; name: string | null }> {
  const [row] = await sql<
    { provider: string; issuer: string; subject: string; name: string | null }[]
  >`
    select provider, issuer, subject, name from oidc_flows
    where flow_hash = ${hashOf(flow)} and expires_ts > ${nowMs} and subject is not null`;
  if (row === undefined) throw flowGone();
  return row;
}

/** In the transaction of what it was for. @throws OperationError `gone` */
export async function endFlow(tx: Tx, flow: string): Promise<void> {
  const ended = await tx`delete from oidc_flows where flow_hash = ${hashOf(flow)}`;
  if (ended.count === 0) throw flowGone();
}

function visitOf(
  { publicUrl }: Pick<AccountDeps, "publicUrl">,
  { provider, state, nonce, verifier }: FlowRow,
): Visit {
  return { redirectUri: `${publicUrl}/oidc/${provider}/callback`, state, nonce, verifier };
}

function hashOf(flow: string): Uint8Array {
  const hash = hashPresented(flow, "flow");
  if (hash === undefined) throw flowGone();
  return hash;
}

function flowGone(): OperationError {
  return new OperationError(
    "gone",
    "This sign-in took longer than ten minutes, was used, or began in another browser. Begin again.",
  );
}
