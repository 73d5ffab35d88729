import type { Self } from "../core/api/gateway.ts";
import type { ServerFacts } from "../core/api/account.ts";
import { createDefine } from "./lib/fresh/mod.ts";
import type { ServerApi } from "./lib/api/server_api.ts";
import type { ChatReads } from "./lib/chat_reads.ts";
import type { AssetManifest } from "./lib/assets.ts";
import type { Look } from "./lib/look.ts";

/** What belongs to one request. Nothing here outlives its answer. */
export interface State {
  readonly api: ServerApi;
  readonly nonce: string;
  readonly nowMs: number;
  /** How the visitor wants the pages to look, on this device. */
  readonly look: Look;
  /** Path and query of the page, for forms that lead back to it. */
  readonly path: string;
  /** True where the visitor's connection can keep a session: TLS, or this very machine. */
  readonly canLogIn: boolean;
  /** Storage that survives a crash of the process but not of the machine. */
  readonly embeddedDatabase: boolean;
  readonly assets: AssetManifest;
  /** Title of the page; the server's name is added. */
  title: string;
  /** Filled by the root middleware. */
  server: ServerFacts;
  /** People who wait for this visitor's decision: administrators are told on every page. */
  waiting: number;
  /** What a page of the chat is drawn from; begun before anything else of it. */
  chat: ChatReads | undefined;
  /** Somebody is signed in, and the page has no live connection: it says that they are here. */
  saysHere: boolean;
  /** Who is signed in, looked up once where a page asks. */
  self(): Promise<Self | undefined>;
}

export const define = createDefine<State>();
