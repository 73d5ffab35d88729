import { type ComponentType, h, type JSX } from "preact";
import { renderToString } from "preact-render-to-string";
import type { Assets, TextUrls } from "../assets.ts";
import { pageHeaders } from "../content_policy.ts";
import { type IslandScope, IslandScopeProvider, registerIslands } from "./islands.ts";
import { createRouter, type Route, type Router } from "./router.ts";
import {
  type Context,
  type Handlers,
  HttpError,
  type Method,
  type MiddlewareFn,
  type PageProps,
  type PageResponse,
  type RouteModule,
  type Snapshot,
} from "./types.ts";

type Component = ComponentType<PageProps<unknown, unknown>>;

/** Status of a page that cannot be shown because something is away, and when to ask again. */
const AWAY = 503;
const RETRY_SECONDS = "5";

export interface HandlerOptions<State> {
  readonly assets: Assets;
  /** A fresh state for one request: nothing is shared between two visitors. */
  readonly createState: (request: Request, nonce: string) => State;
  readonly createNonce: () => string;
  /** Modules with the texts an island shows in the language of the request. */
  readonly textsOf: (island: string) => TextUrls | undefined;
  /** A script that runs as soon as the islands stand in the page, before it is looked at. */
  readonly early: string;
  /** Told of faults that end in a 500 page. */
  readonly onError: (error: unknown, request: Request) => void;
}

/** `<` is the only character that can end a data block early. */
function jsonBlock(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}

function injectAssets<State>(
  html: string,
  scope: IslandScope,
  { assets: { manifest }, early, textsOf }: HandlerOptions<State>,
  nonce: string,
): string {
  const used = [...new Set(scope.found.map((island) => island.name))];
  const texts = used.map(textsOf).filter((each) => each !== undefined);
  const built = used.map((name) => {
    const island = manifest.islands[name];
    if (!island) throw new Error(`Island "${name}" is not in the build: run deno task build.`);
    return island;
  });
  const boots = new Set(built.map(({ boot }) => boot));
  if (boots.size > 1) throw new Error(`Islands ${used.join(", ")} do not go into one page.`);
  const urls = new Set([
    ...boots,
    ...built.flatMap(({ url, preload }) => [url, ...preload]),
    ...texts.map(({ first }) => first),
  ]);
  const head = manifest.styles.map((url) => `<link rel="stylesheet" href="${url}">`).join("") +
    // What is read comes first: no script is needed to see the page.
    [...urls].map((url) => `<link rel="modulepreload" href="${url}" fetchpriority="low">`).join("");
  let out = html.replace("</head>", () => `${head}</head>`);
  if (used.length > 0) {
    const imports = [
      ...built.map(({ url }, i) => `import i${i} from "${url}";`),
      ...texts.map(({ first }, i) => `import t${i} from "${first}";`),
    ];
    const later = texts.flatMap((each) => each.later ? [`()=>import("${each.later}")`] : []);
    const map = used.map((name, i) => `${JSON.stringify(name)}:i${i}`).join(",");
    const script = `<script nonce="${nonce}">${early}</script>` +
      `<script type="application/json" id="og-props">${
        jsonBlock(scope.found)
      }</script><script type="module" nonce="${nonce}">import{boot}from "${[...boots][0]}";${
        imports.join("")
      }boot({${map}},[${texts.map((_, i) => `t${i}`)}],[${later}])</script>`;
    out = out.replace("</body>", () => `${script}</body>`);
  }
  return `<!DOCTYPE html>${out}`;
}

interface Site<State> {
  readonly router: Router;
  readonly options: HandlerOptions<State>;
}

/** Page inside its layouts inside `_app`, with scripts and styles of the islands it used. */
function renderPage<State>(
  site: Site<State>,
  ctx: Context<State>,
  page: { module: RouteModule; layouts: readonly RouteModule[]; result: PageResponse<unknown> },
): Response {
  const { module, layouts, result } = page;
  const base = {
    data: result.data,
    url: ctx.url,
    params: ctx.params,
    state: ctx.state,
    req: ctx.req,
    route: ctx.route,
    error: ctx.error,
  };
  const chain: RouteModule[] = [
    ...(module.config?.skipAppWrapper || !site.router.app ? [] : [site.router.app]),
    ...(module.config?.skipInheritedLayouts ? [] : layouts),
    module,
  ];
  let inner = (): JSX.Element => h("div", {});
  for (const entry of chain.toReversed()) {
    const Component = inner;
    inner = () => h(entry.default as Component, { ...base, Component });
  }
  const scope: IslandScope = { found: [] };
  const html = renderToString(h(IslandScopeProvider, { value: scope, children: inner() }));
  return new Response(injectAssets(html, scope, site.options, ctx.nonce), {
    status: result.status ?? 200,
    headers: pageHeaders(ctx.nonce, result.headers),
  });
}

async function runRoute<State>(
  site: Site<State>,
  ctx: Context<State>,
  route: Route,
): Promise<Response> {
  const { module, layouts } = route;
  const method = (ctx.req.method === "HEAD" ? "GET" : ctx.req.method) as Method;
  const handle = ((module.handler ?? {}) as Handlers<unknown, State>)[method];
  if (!handle) {
    if (method !== "GET" || !module.default) {
      throw new HttpError(405, `${method} is not answered here.`);
    }
    return renderPage(site, ctx, { module, layouts, result: { data: undefined } });
  }
  const result = await handle(ctx);
  return result instanceof Response ? result : renderPage(site, ctx, { module, layouts, result });
}

function runMiddlewares<State>(
  ctx: Context<State>,
  modules: readonly RouteModule[],
  last: (ctx: Context<State>) => Promise<Response>,
): Promise<Response> {
  const [first, ...rest] = modules;
  if (!first) return last(ctx);
  const middleware = (first.default ?? first.handler) as MiddlewareFn<State>;
  return Promise.resolve(middleware({ ...ctx, next: () => runMiddlewares(ctx, rest, last) }));
}

function showError<State>(site: Site<State>, ctx: Context<State>, error: unknown): Response {
  const status = error instanceof HttpError ? error.status : 500;
  const isAway = status === AWAY;
  // What is away has been written down by whoever asked it.
  if (status >= 500 && !isAway) site.options.onError(error, ctx.req);
  const { notFound, error: general } = site.router;
  const module = status === 404 ? notFound ?? general : general;
  if (!module) return new Response(`Error ${status}`, { status });
  const headers = isAway ? { "retry-after": RETRY_SECONDS } : {};
  const result = { data: undefined, status, headers };
  return renderPage(site, { ...ctx, error }, { module, layouts: [], result });
}

/** Turns a snapshot of routes and islands into one request handler. */
export function createHandler<State>(
  snapshot: Snapshot,
  options: HandlerOptions<State>,
): (request: Request) => Promise<Response> {
  registerIslands(snapshot.islands);
  const site: Site<State> = { router: createRouter(snapshot), options };
  return (request) => answer(site, request);
}

async function answer<State>(site: Site<State>, request: Request): Promise<Response> {
  const { router, options } = site;
  const url = new URL(request.url);
  const served = options.assets.serve(request, url.pathname);
  if (served) return served;
  const nonce = options.createNonce();
  const matched = router.match(url.pathname);
  const ctx: Context<State> = {
    req: request,
    url,
    params: matched?.params ?? {},
    state: options.createState(request, nonce),
    route: matched?.route.pattern ?? null,
    error: undefined,
    nonce,
    redirect: (location, status = 303) => new Response(null, { status, headers: { location } }),
    next: () => Promise.reject(new Error("next() is for middlewares")),
  };
  try {
    return await runMiddlewares(
      ctx,
      matched?.route.middlewares ?? router.rootMiddlewares,
      (inner) => {
        if (!matched) throw new HttpError(404, `There is no page at ${url.pathname}.`);
        return runRoute(site, inner, matched.route);
      },
    );
  } catch (error) {
    try {
      return showError(site, ctx, error);
    } catch (second) {
      options.onError(second, request);
      return new Response("Something went wrong.", { status: 500 });
    }
  }
}
