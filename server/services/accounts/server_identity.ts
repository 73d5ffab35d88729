import { OperationError } from "../../../core/errors.ts";
import { encodeBase58Of16 } from "../../../core/ids/base58.ts";
import { parseServerName, type ServerName } from "../../../core/ids/server_name.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { Rng } from "../../../core/ports/rng.ts";
import type { Queryable, Sql } from "../../postgres/sql.ts";

/** The name of a server that was not given one. */
const TRIAL_NAME = "localhost" as ServerName;

export interface ServerIdentity {
  readonly name: ServerName;
  /** No name was chosen: links work here only, and nothing federates. */
  readonly trial: boolean;
  readonly createdTs: number;
}

interface FactsRow {
  name: ServerName;
  trial: boolean;
  created_ts: number;
}

/** The name this database has; undefined before the first start. */
export async function readServerIdentity(sql: Queryable): Promise<ServerIdentity | undefined> {
  const [row] = await sql<FactsRow[]>`select name, trial, created_ts from server_identity`;
  return row === undefined
    ? undefined
    : { name: row.name, trial: row.trial, createdTs: row.created_ts };
}

/**
 * Settles the server's name at a start or by `init`: the first name given stays for ever,
 * because it is in every account and every signed event. A trial that nobody has used yet
 * may still become a real server.
 * @throws OperationError `invalid` for a malformed name, `conflict` for a different one
 */
export async function settleServerIdentity(
  deps: { readonly sql: Sql; readonly clock: Clock; readonly rng: Rng },
  configuredName: string | undefined,
): Promise<ServerIdentity> {
  const wanted = configuredName === undefined ? undefined : parseName(configuredName);
  return await deps.sql.begin(async (tx) => {
    const nowMs = deps.clock.now();
    const epoch = encodeBase58Of16(deps.rng.bytes(16));
    await tx`
      insert into server_identity (name, trial, created_ts, key_epoch)
      values (${wanted ?? TRIAL_NAME}, ${wanted === undefined}, ${nowMs}, ${epoch})
      on conflict do nothing`;
    const [held] = await tx<FactsRow[]>`
      select name, trial, created_ts from server_identity for update`;
    if (held === undefined) throw new Error("The server's facts vanished while they were read.");
    const identity = { name: held.name, trial: held.trial, createdTs: held.created_ts };
    if (wanted === undefined || (wanted === held.name && !held.trial)) return identity;
    const [user] = await tx`select 1 from users limit 1`;
    if (!held.trial || user !== undefined) throw otherName(held, wanted);
    // Keys of the trial were bound to its name.
    await tx`delete from signing_keys`;
    await tx`update server_identity set name = ${wanted}, trial = false, key_epoch = ${epoch}`;
    return { ...identity, name: wanted, trial: false };
  });
}

function parseName(text: string): ServerName {
  const name = parseServerName(text);
  if (name === undefined) {
    throw new OperationError(
      "invalid",
      `The server name ${JSON.stringify(text)} is not valid: give a lower-case DNS name such as ` +
        "example.org, with a port only where it is not the usual one.",
    );
  }
  if (name === TRIAL_NAME) {
    throw new OperationError(
      "invalid",
      'The name "localhost" is that of every trial; leave the name out to run one.',
    );
  }
  return name;
}

function otherName(held: FactsRow, wanted: string): OperationError {
  return new OperationError(
    "conflict",
    held.trial
      ? `This server ran as a trial under the name "localhost" and has accounts, whose names ` +
        `and messages cannot be moved to "${wanted}". Start "${wanted}" with a new data folder ` +
        "or database."
      : `This server's name is "${held.name}" for ever: it is in every account and every signed ` +
        `event, so that it cannot become "${wanted}". Set the name back, or start "${wanted}" ` +
        "with a new data folder or database.",
    { details: { name: held.name, wanted } },
  );
}
