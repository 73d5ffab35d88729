import { MARKDOWN } from "./components/chat/Markdown.tsx";
import MarkdownText from "./components/chat/MarkdownText.tsx";
import type { ServerFacts } from "../core/api/account.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { Log } from "../core/ports/log.ts";
import type { Rng } from "../core/ports/rng.ts";
import { isOwnMachine } from "../core/own_machine.ts";
import { ApiError } from "./lib/api/request.ts";
import { createServerApi } from "./lib/api/server_api.ts";
import type { Assets } from "./lib/assets.ts";
import { createHandler } from "./lib/fresh/handler.ts";
import { withClock } from "./lib/clock.ts";
import { requestLanguage } from "./lib/i18n/languages.ts";
import { inLanguage } from "./lib/i18n/request_language.ts";
import { language } from "./lib/i18n/t.ts";
import { readLook } from "./lib/look.ts";
import { OPEN_TIMELINE } from "./lib/open_timeline.ts";
import { packPage } from "./lib/pack_page.ts";
import { snapshot } from "./snapshot.ts";
import type { State } from "./utils.ts";

/** Who asks for a page, as the listener knows it; handed back with every API call. */
export interface Visitor {
  readonly address: string;
  /** True where the visitor came over TLS. */
  readonly secure: boolean;
}

/** All the pages need of the server around them. */
export interface UiBackend {
  /** An in-process call of the client API in the visitor's name: cookies come along. */
  api(request: Request, visitor: Visitor): Promise<Response>;
  readonly facts: {
    /** True where no Postgres was given: the administrator's page warns. */
    readonly embeddedDatabase: boolean;
  };
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
}

export type Pages = (request: Request, visitor: Visitor) => Promise<Response>;

// A browser fetches it a little later than it takes a page over; the server draws all of it.
MARKDOWN.component = MarkdownText;

/** Standing in until the middleware has asked; never shown. */
const NO_FACTS: ServerFacts = {
  name: "",
  trial: false,
  version: "",
  public_url: "",
  login_providers: [],
  passkey_origin: null,
  public_url_local: false,
  registration: { mode: "closed", invite_links: false, approval: false, email: false },
  mail: false,
  needs_first_administrator: false,
  source_url: "",
  abuse_contact: null,
  title: null,
  description: null,
  notice: null,
};

/** The web client as one request handler. `assets`: what `dev.ts` built. */
export function createUi(backend: UiBackend, { assets }: { readonly assets: Assets }): Pages {
  const visitors = new WeakMap<Request, Visitor>();
  const createNonce = () => btoa(String.fromCharCode(...backend.rng.bytes(16)));
  const handle = createHandler<State>(snapshot, {
    assets,
    textsOf: (island) => assets.manifest.texts[language().code]?.[island],
    createNonce,
    early: OPEN_TIMELINE,
    createState: (request, nonce) =>
      createState({ backend, request, nonce, visitor: visitors.get(request), assets }),
    onError: (error, request) =>
      backend.log.log("error", "A page could not be rendered", {
        path: new URL(request.url).pathname,
        error: error instanceof Error ? error.stack ?? error.message : String(error),
      }),
  });
  return (request, visitor) => {
    visitors.set(request, visitor);
    return inLanguage(
      withClock(requestLanguage(request.headers), request),
      async () => packPage(await handle(request), request, createNonce()),
    );
  };
}

function pathOf(request: Request): string {
  const { pathname, search } = new URL(request.url);
  return pathname + search;
}

function createState(input: {
  backend: UiBackend;
  request: Request;
  nonce: string;
  visitor: Visitor | undefined;
  assets: Assets;
}): State {
  const { backend, request, nonce } = input;
  const visitor = input.visitor ?? { address: "", secure: false };
  const api = createServerApi(request, (call) => backend.api(call, visitor));
  let self: ReturnType<State["self"]> | undefined;
  const state: State = {
    api,
    nonce,
    nowMs: backend.clock.now(),
    look: readLook(request),
    path: pathOf(request),
    canLogIn: visitor.secure || isOwnMachine(new URL(request.url).hostname),
    embeddedDatabase: backend.facts.embeddedDatabase,
    assets: input.assets.manifest,
    title: "",
    server: NO_FACTS,
    waiting: 0,
    chat: undefined,
    saysHere: false,
    self() {
      // It stands in what a page of the chat reads anyway.
      self ??= state.chat?.snapshot.then((snapshot) => snapshot?.self) ??
        api.call("getAccount").catch((error) => {
          if (error instanceof ApiError && error.status === 401) return undefined;
          throw error;
        });
      return self;
    },
  };
  return state;
}
