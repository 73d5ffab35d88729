import { defineSection } from "../section.ts";
import { integer, secret, yesNo } from "../setting.ts";

export const databaseSection = defineSection({
  name: "database",
  doc: "Postgres 15 or later. Without an address, Postgres inside the executable (PGlite).",
  settings: {
    url: secret({
      env: "DATABASE_URL",
      doc: "`postgres://user:password@host:5432/name`.",
      must: {
        be: /^postgres(ql)?:\/\/(?!\/*$)\S+$/,
        message:
          "must be the address of a Postgres: postgres://user:password@host:5432/name (characters such as @, / and # in the password as %40, %2F and %23)",
      },
    }),
    maxConnections: integer({
      fallback: "12",
      min: 2,
      max: 1_000,
      doc: "Connections of this process to Postgres.",
    }),
    acceptUnsafeDurability: yesNo({
      fallback: "false",
      doc:
        "Start even when Postgres runs with `fsync` or `synchronous_commit` off, where acknowledged messages can be lost.",
    }),
  },
});
