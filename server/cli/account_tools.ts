import { parseTypedUserId, type UserId, userIdOf } from "../../core/ids/user_id.ts";
import { listenAddress, publicUrl } from "../config/derived.ts";
import type { AccountDeps } from "../services/accounts/deps.ts";
import { readServerIdentity } from "../services/accounts/server_identity.ts";
import { SessionCache } from "../services/accounts/session_cache.ts";
import { LocalBus } from "../system/local_bus.ts";
import type { CliContext } from "./context.ts";
import { CliError, UsageError } from "./io.ts";
import { openStore } from "./open_store.ts";
import { type OptionValues, readConfig } from "./options.ts";

/** What the commands about accounts and keys work with. */
export interface AccountTools extends AsyncDisposable {
  readonly deps: Pick<
    AccountDeps,
    "sql" | "clock" | "rng" | "bus" | "sessions" | "serverName" | "publicUrl"
  >;
  /** All of the account services, where the command runs inside the running server. */
  readonly live: AccountDeps | undefined;
}

/**
 * Opens the store, or works inside the server that holds it. A server on another machine
 * hears of changes within seconds, when its memory of sessions ends.
 */
export async function openAccountTools(
  options: OptionValues,
  context: CliContext,
): Promise<AccountTools> {
  const { io } = context;
  const live = context.parts.live?.accounts;
  if (live !== undefined) return { deps: live, live, [Symbol.asyncDispose]: async () => {} };
  await using stack = new AsyncDisposableStack();
  const store = stack.use(
    await openStore(context.parts.live?.config ?? readConfig(options, io), context),
  );
  const { sql } = store.database;
  const [table] = await sql<{ known: boolean }[]>`
    select to_regclass('server_identity') is not null as known`;
  const identity = table?.known === true ? await readServerIdentity(sql) : undefined;
  if (identity === undefined) {
    throw new CliError(
      "This server has never been started, so that it has no accounts and keys yet: start it " +
        "once with openguild serve.",
    );
  }
  const { config } = store;
  const owned = stack.move();
  return {
    deps: {
      sql,
      clock: io.clock,
      rng: io.rng,
      bus: new LocalBus(),
      sessions: new SessionCache(),
      serverName: identity.name,
      publicUrl: publicUrl(config, listenAddress(config).port),
    },
    live: undefined,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The user that was typed: `alice`, `@alice:server` or `@alice@server`. */
export function typedUser(text: string, deps: Pick<AccountDeps, "serverName">): UserId {
  const bare = text.trim().toLowerCase().replace(/^@/, "");
  const id = parseTypedUserId(text) ?? userIdOf(bare, deps.serverName);
  if (id === undefined) {
    throw new UsageError(
      `${JSON.stringify(text)} is no user name: give it like alice or @alice:${deps.serverName}.`,
    );
  }
  return id;
}

/** A whole number within bounds, or the UsageError that names the option. */
export function wholeNumber(
  option: string,
  value: unknown,
  bounds: { readonly min: number; readonly max: number },
): number {
  const number = typeof value === "string" && /^\d{1,9}$/.test(value) ? Number(value) : NaN;
  if (number >= bounds.min && number <= bounds.max) return number;
  throw new UsageError(
    `${option} is ${
      JSON.stringify(value)
    }; give a whole number from ${bounds.min} to ${bounds.max}.`,
  );
}

/** Writes the answer for programs or the one for people. */
export function answer(
  context: CliContext,
  options: OptionValues,
  values: { readonly json: unknown; readonly text: string },
): void {
  context.io.out(
    options["json"] === true ? JSON.stringify(values.json, null, 2) + "\n" : values.text,
  );
}
