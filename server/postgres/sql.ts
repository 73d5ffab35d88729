import postgres from "postgres";

/** 64-bit integers arrive as numbers: all of ours (milliseconds, positions) stay below 2^53. */
export const SQL_TYPES: { bigint: postgres.PostgresType<number> } = {
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

/** A pool of connections. All SQL goes through its tagged templates. */
export type Sql = postgres.Sql<Types>;
/** One transaction. Inside it nothing else may be queried: the embedded database has one backend. */
export type Tx = postgres.TransactionSql<Types>;
/** One connection taken out of the pool until `release()`. */
export type ReservedSql = postgres.ReservedSql<Types>;
/** Whatever can run a query: a pool, a transaction or a reserved connection. */
export type Queryable = Sql | Tx | ReservedSql;

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
