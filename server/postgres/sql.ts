import postgres from "postgres";
import { ARRAY_TYPES } from "./array_types.ts";

/** 64-bit integers arrive as numbers: all of ours (milliseconds, positions) stay below 2^53. */
export const SQL_TYPES: { bigint: postgres.PostgresType<number> } = {
  ...ARRAY_TYPES,
  bigint: {
    to: 20,
    from: [20],
    serialize: (value: number) => String(value),
    parse: (text: string) => {
      const value = Number(text);
      if (!Number.isSafeInteger(value)) {
        throw new RangeError(`The database answered ${text}, beyond what a number can hold.`);
      }
      return value;
    },
  },
};

type Types = { bigint: number };

/**
 * A pool of connections. All SQL goes through its tagged templates. Never `reserve()`: without
 * `fetch_types` (see `array_types.ts`) the driver never answers it on a new connection.
 */
export type Sql = postgres.Sql<Types>;
/** One transaction. Inside it nothing else may be queried: the embedded database has one backend. */
export type Tx = postgres.TransactionSql<Types>;
/** Whatever can run a query: a pool or a transaction. */
export type Queryable = Sql | Tx;

/** The SQLSTATE of a database error, the driver's own code of a lost connection, else undefined. */
export function sqlState(error: unknown): string | undefined {
  if (error instanceof Error && "code" in error && typeof error.code === "string") {
    return error.code;
  }
  return undefined;
}

/** The constraint that a database error names, e.g. `accounts_user_name_key`. */
export function violatedConstraint(error: unknown): string | undefined {
  return error instanceof postgres.PostgresError ? error.constraint_name : undefined;
}
