import type { ComponentChildren, ComponentType, JSX } from "preact";

/** Route options of Fresh 2 that we honour. */
export interface RouteConfig {
  /** Renders the page without `_app.tsx`. */
  skipAppWrapper?: boolean;
  /** Renders the page without any `_layout.tsx`. */
  skipInheritedLayouts?: boolean;
}

/** What a handler hands to its page. */
export interface PageResponse<Data> {
  data: Data;
  status?: number;
  headers?: Record<string, string>;
}

/** One request on its way through middlewares, handler and page. */
export interface Context<State> {
  readonly req: Request;
  readonly url: URL;
  readonly params: Readonly<Record<string, string>>;
  readonly state: State;
  /** Pattern of the matched route, null where nothing matched. */
  readonly route: string | null;
  readonly error: unknown;
  /** The CSP nonce of this answer. */
  readonly nonce: string;
  redirect(location: string, status?: number): Response;
  /** In a middleware: the answer of what is further inside. */
  next(): Promise<Response>;
}

export type HandlerResult<Data> = Response | PageResponse<Data>;
export type HandlerFn<Data, State> = (
  ctx: Context<State>,
) => HandlerResult<Data> | Promise<HandlerResult<Data>>;
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
export type Handlers<Data, State> = { readonly [M in Method]?: HandlerFn<Data, State> };
export type MiddlewareFn<State> = (ctx: Context<State>) => Response | Promise<Response>;

/** What pages, layouts and `_app` are rendered with. */
export interface PageProps<Data, State> {
  readonly data: Data;
  readonly url: URL;
  readonly params: Readonly<Record<string, string>>;
  readonly state: State;
  readonly req: Request;
  readonly route: string | null;
  readonly error: unknown;
  /** In layouts and `_app`: what is further inside. */
  readonly Component: () => JSX.Element;
}

export type DataOf<Handler> = Handler extends Handlers<infer Data, infer _State> ? Data : undefined;

/** A module under `routes/`. */
// deno-lint-ignore no-explicit-any -- Data and State differ from module to module; the router treats both as opaque
type Opaque = any;
export interface RouteModule {
  handler?: Handlers<Opaque, Opaque> | MiddlewareFn<Opaque>;
  default?: ComponentType<Opaque> | ((props: Opaque) => JSX.Element | null) | MiddlewareFn<Opaque>;
  config?: RouteConfig;
}

/** Static imports of every route and island, written by `dev.ts`. */
export interface Snapshot {
  readonly routes: readonly { readonly file: string; readonly module: RouteModule }[];
  readonly islands: readonly {
    readonly name: string;
    readonly component: (props: Opaque) => ComponentChildren;
  }[];
}

/** An error with an HTTP status that `_error.tsx` or `_404.tsx` shows. */
export class HttpError extends Error {
  readonly status: number;
  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "HttpError";
    this.status = status;
  }
}
