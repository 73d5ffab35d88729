import type { BlobStore } from "../../core/ports/blob_store.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Rng } from "../../core/ports/rng.ts";
import type { FederationParts } from "../compose/federation.ts";
import type { OutboundParts } from "../compose/outbound.ts";
import type { Config } from "../config/config.ts";
import type { RunningVoice } from "../doctor/checks/voice.ts";
import type { Database } from "../postgres/database.ts";
import type { AccountDeps } from "../services/accounts/deps.ts";
import type { ChatDeps } from "../services/chat/chat_deps.ts";
import type { CliIo } from "./io.ts";

/** The parts of the server that commands work with. */
export interface StoreParts {
  readonly config: Config;
  readonly database: Pick<Database, "kind" | "sql">;
  readonly blobs: BlobStore;
  readonly log: Log;
  /** The account services of a running server. */
  readonly accounts?: AccountDeps;
  /** The rooms and their services of a running server. */
  readonly chat?: ChatDeps;
  /** The way of a running server to others. */
  readonly federation?: FederationParts;
  readonly outbound?: OutboundParts;
  /** What calls of a running server run on. */
  readonly voice?: RunningVoice;
}

/** A server that runs until it is disposed of. */
export interface RunningServer extends AsyncDisposable {
  /** Where people open it, without a trailing slash. */
  readonly address: string;
  /** The one-time link of the first administrator, until it has been used. */
  readonly firstAdminLink?: string | undefined;
  /** What commands work with while the server runs. */
  readonly parts: StoreParts;
  /** Writes that were handed to the database and have no answer. */
  readonly unansweredWrites: () => number;
}

export type StartServer = (
  config: Config,
  deps: { readonly log: Log; readonly clock: Clock; readonly rng: Rng },
) => Promise<RunningServer>;

/** What the commands cannot make themselves: the composition root gives it. */
export interface CliParts {
  readonly startServer: StartServer;
  /** Set where the command runs inside the server that holds the data folder. */
  readonly live?: StoreParts;
}

/** One command line on its way. */
export interface CliContext {
  readonly io: CliIo;
  readonly parts: CliParts;
  /** As typed: a running server is given the same. */
  readonly args: readonly string[];
}

/** A command ends with this exit code: it has said why, or was carried out elsewhere. */
export class ExitCode extends Error {
  override readonly name = "ExitCode";
  readonly code: number;

  constructor(code: number) {
    super(`exit code ${code}`);
    this.code = code;
  }
}
