import type { JSX } from "preact";
import type { DataOf, Handlers, MiddlewareFn, PageProps, PageResponse } from "./types.ts";

/**
 * The part of Fresh 2 that the pages use, under Fresh's own names, so that moving to
 * Fresh is two lines in the import map and the removal of this folder.
 */
export { HttpError } from "./types.ts";
export type { Context, Handlers, PageProps, PageResponse } from "./types.ts";

type Component<Data, State> = (props: PageProps<Data, State>) => JSX.Element | null;

export interface Define<State> {
  handlers<Data>(handlers: Handlers<Data, State>): Handlers<Data, State>;
  page<Handler = undefined>(
    component: Component<DataOf<Handler>, State>,
  ): Component<DataOf<Handler>, State>;
  layout(component: Component<unknown, State>): Component<unknown, State>;
  middleware(middleware: MiddlewareFn<State>): MiddlewareFn<State>;
}

/** Ties route files to one State type; each helper returns what it is given. */
export function createDefine<State>(): Define<State> {
  return {
    handlers: (handlers) => handlers,
    page: (component) => component,
    layout: (component) => component,
    middleware: (middleware) => middleware,
  };
}

/** The answer of a handler with a status or headers of its own. */
export function page<Data>(
  data: Data,
  options: Omit<PageResponse<Data>, "data"> = {},
): PageResponse<Data> {
  return { data, ...options };
}
