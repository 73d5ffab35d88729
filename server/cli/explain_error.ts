import { OperationError } from "../../core/errors.ts";
import { BackupError } from "../backup/format.ts";
import { ConfigError } from "../config/config.ts";
import { BusError } from "../nats/bus_error.ts";
import { DatabaseRefusedError } from "../postgres/connect.ts";
import { S3Error } from "../s3/s3_error.ts";
import { DataFolderError } from "../system/data_folder.ts";
import { TlsError } from "../tls/certificate.ts";
import { CliError, UsageError } from "./io.ts";

/** Errors whose message is written for the person at the terminal. */
const WRITTEN_FOR_PEOPLE = [
  BackupError,
  BusError,
  CliError,
  ConfigError,
  DataFolderError,
  DatabaseRefusedError,
  OperationError,
  S3Error,
  TlsError,
  UsageError,
];

/** What went wrong and what to do, for the person at the terminal; no stack, no secret. */
export function explainError(error: unknown): string {
  if (!(error instanceof Error)) return `Stopped: ${String(error)}`;
  if (WRITTEN_FOR_PEOPLE.some((kind) => error instanceof kind)) return error.message;
  const listens = error.message.startsWith("listen ");
  // Deno's name for an address that is not this machine's.
  const code = listens && codeOf(error) === "EINVAL" ? "EADDRNOTAVAIL" : codeOf(error);
  const address = addressOf(error);
  switch (code) {
    case "EADDRINUSE":
      return `Port ${address} is taken by another program: stop that, or choose another port with --port.`;
    case "EACCES":
      return `Listening on port ${address} is not allowed for this user: choose a port above 1023 with --port, or give the executable the right (setcap cap_net_bind_service=+ep).`;
    case "EADDRNOTAVAIL":
      return `This machine has no address ${address}: choose another with --host.`;
    case "ECONNREFUSED":
      return `Nothing answers at ${address}. Is the database (or S3 server) running, and is its address right?`;
    case "CONNECT_TIMEOUT":
      return "The database takes connections and does not answer. Is it overloaded, or is something else at the address in DATABASE_URL? Start again when it answers.";
    case "ENOTFOUND":
      return `The name ${address} is not known: check the address in the configuration.`;
    case "28P01":
    case "28000":
      return `The database refuses the login: check user and password in DATABASE_URL.`;
    case "3D000":
      return `The database in DATABASE_URL does not exist: make it with "createdb", then start again.`;
    case "42501":
      return `The user in DATABASE_URL may not make tables: give it the database with "alter database NAME owner to USER", then start again.`;
    case "42P07":
      return `The database in DATABASE_URL holds something else already: make an empty one for this server with "createdb", and name that. (${error.message})`;
    case "53100":
      return `The database's disk has no room left: make some, then start again.`;
    default:
      return `This should not have happened: ${error.message}`;
  }
}

function codeOf(error: Error): string | undefined {
  if (error instanceof Deno.errors.AddrInUse) return "EADDRINUSE";
  const code = (error as { code?: unknown }).code;
  if (typeof code === "string") return code;
  return error.cause instanceof Error ? codeOf(error.cause) : undefined;
}

function addressOf(error: Error): string {
  const { address, hostname, port } = error as {
    address?: unknown;
    hostname?: unknown;
    port?: unknown;
  };
  const host = [address, hostname].flat().find((value) => typeof value === "string");
  const parts = [host, [port].flat()[0]].filter((part) => part !== undefined && part !== null);
  return parts.length > 0 ? parts.join(":") : "the configured address";
}
