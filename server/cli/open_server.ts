import type { Config } from "../config/config.ts";
import type { ChatDeps } from "../services/chat/chat_deps.ts";
import { DataFolderError, openDataFolder } from "../system/data_folder.ts";
import type { DestinationDeps } from "../services/federation/destinations.ts";
import type { CliContext, StoreParts } from "./context.ts";
import { CliError } from "./io.ts";
import { handOver, quietLog, requireDatabase } from "./open_store.ts";
import { type OptionValues, readConfig } from "./options.ts";

/** The rooms and their services. */
export interface OpenChat extends AsyncDisposable {
  readonly chat: ChatDeps;
}

/**
 * For commands that change rooms: the running server's services, or those of one that is
 * started for this moment, on a port that nobody knows.
 */
export async function openChat(options: OptionValues, context: CliContext): Promise<OpenChat> {
  const { parts, dispose } = await openServer(options, context);
  return withChat(parts.chat, dispose);
}

/** What sends to other servers. */
export interface OpenOutbound extends AsyncDisposable {
  readonly desk: DestinationDeps;
}

/** For commands about other servers, likewise. */
export async function openOutbound(
  options: OptionValues,
  context: CliContext,
): Promise<OpenOutbound> {
  const { parts, dispose } = await openServer(options, context);
  if (parts.outbound === undefined) throw new CliError("This server speaks with no other server.");
  return { desk: parts.outbound.desk, [Symbol.asyncDispose]: dispose };
}

interface OpenServer {
  readonly parts: StoreParts;
  readonly dispose: () => Promise<void>;
}

async function openServer(options: OptionValues, context: CliContext): Promise<OpenServer> {
  const { io, parts } = context;
  if (parts.live !== undefined) return { parts: parts.live, dispose: async () => {} };
  const config = readConfig(options, io);
  await requireDatabase(config, context);
  await using stack = new AsyncDisposableStack();
  try {
    stack.use(await openDataFolder(config.dataFolder));
  } catch (error) {
    if (error instanceof DataFolderError) await handOver(config, context);
    throw error;
  }
  const log = quietLog(config, io);
  const server = stack.use(
    await parts.startServer(unseen(config), { log, clock: io.clock, rng: io.rng }),
  );
  const owned = stack.move();
  return { parts: server.parts, dispose: () => owned.disposeAsync() };
}

function withChat(chat: ChatDeps | undefined, dispose: () => Promise<void>): OpenChat {
  if (chat === undefined) throw new CliError("This server has no rooms to look at.");
  return { chat, [Symbol.asyncDispose]: dispose };
}

function unseen(config: Config): Config {
  const { cert: _cert, key: _key, ...tls } = config.tls;
  return {
    ...config,
    listen: { ...config.listen, host: "127.0.0.1", port: 0 },
    tls: { ...tls, acme: [], cert: undefined, key: undefined },
  };
}
