import { findPostgres } from "../harness/postgres.ts";
import { unprivilegedUser } from "../harness/unprivileged.ts";

/** Bytes of a row: what a short message takes as a signed event. */
export const CONTROL_ROW_BYTES = 464;

export interface PgbenchLoad {
  readonly url: string;
  /** A folder that Postgres's user may read. */
  readonly folder: string;
  readonly clients: number;
  readonly seconds: number;
}

/** Single rows inserted and committed each second: what this disk gives without our work. */
export async function pgbench(load: PgbenchLoad): Promise<number> {
  const script = `${load.folder}/control.sql`;
  await Deno.writeTextFile(
    script,
    `insert into control (pdu) values (repeat('x', ${CONTROL_ROW_BYTES}));\n`,
  );
  const output = await new Deno.Command(`${await findPostgres()}/pgbench`, {
    args: [
      ...["-n", "-f", script, "-c", String(load.clients), "-j", "2"],
      ...["-T", String(load.seconds), "-M", "prepared", load.url],
    ],
    ...(await unprivilegedUser()),
    cwd: "/",
  }).output();
  const text = new TextDecoder().decode(output.stdout);
  const match = /tps = ([0-9.]+) \(without/.exec(text);
  if (!match) throw new Error(`pgbench failed: ${text}${new TextDecoder().decode(output.stderr)}`);
  return Number(match[1]);
}

export const CONTROL_TABLE =
  "create table control (id bigint generated always as identity, pdu text)";
