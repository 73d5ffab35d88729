import type { RouteModule, Snapshot } from "./types.ts";

interface Piece {
  readonly kind: "static" | "param" | "optional" | "rest";
  readonly name: string;
}

export interface Route {
  readonly file: string;
  readonly pattern: string;
  readonly pieces: readonly Piece[];
  readonly module: RouteModule;
  /** Modules of `_middleware` and `_layout` from the outermost inwards. */
  readonly middlewares: readonly RouteModule[];
  readonly layouts: readonly RouteModule[];
}

export interface Router {
  readonly app: RouteModule | undefined;
  readonly notFound: RouteModule | undefined;
  readonly error: RouteModule | undefined;
  readonly rootMiddlewares: readonly RouteModule[];
  match(pathname: string): { route: Route; params: Record<string, string> } | undefined;
}

const RANK = { static: 0, param: 1, optional: 2, rest: 3 } as const;
const SPECIAL = new Set(["_app", "_404", "_error", "_500", "_layout", "_middleware"]);

function parsePiece(text: string): Piece {
  if (text.startsWith("[[") && text.endsWith("]]")) {
    return { kind: "optional", name: text.slice(2, -2) };
  }
  if (text.startsWith("[...") && text.endsWith("]")) {
    return { kind: "rest", name: text.slice(4, -1) };
  }
  if (text.startsWith("[") && text.endsWith("]")) {
    return { kind: "param", name: text.slice(1, -1) };
  }
  return { kind: "static", name: text };
}

/** `g/[guild]/(x)/index.tsx` -> its pieces; groups and a last `index` are not part of the path. */
export function parseRouteFile(file: string): readonly Piece[] {
  const names = file.replace(/\.tsx?$/, "").split("/");
  if (names.at(-1) === "index") names.pop();
  return names.filter((name) => !/^\(.*\)$/.test(name)).map(parsePiece);
}

function comparePieces(a: readonly Piece[], b: readonly Piece[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const left = a[i];
    const right = b[i];
    if (!left || !right) return left ? 1 : -1;
    const difference = RANK[left.kind] - RANK[right.kind];
    if (difference !== 0) return difference;
  }
  return 0;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function matchPieces(
  pieces: readonly Piece[],
  parts: readonly string[],
): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  let at = 0;
  for (const piece of pieces) {
    const part = parts[at];
    if (piece.kind === "rest") {
      params[piece.name] = parts.slice(at).join("/");
      return at < parts.length ? params : undefined;
    }
    if (part === undefined) {
      if (piece.kind === "optional") continue;
      return undefined;
    }
    if (piece.kind === "static") {
      if (piece.name !== part) return undefined;
    } else params[piece.name] = part;
    at++;
  }
  return at === parts.length ? params : undefined;
}

function folderOf(file: string): string {
  return file.includes("/") ? file.slice(0, file.lastIndexOf("/")) : "";
}

/** Orders the routes of a snapshot and finds what stands around each. */
export function createRouter(snapshot: Snapshot): Router {
  const byPath = new Map(
    snapshot.routes.map(({ file, module }) => [file.replace(/\.tsx?$/, ""), module]),
  );
  const around = (file: string, name: string): RouteModule[] => {
    const folder = folderOf(file);
    const steps = folder === "" ? [] : folder.split("/");
    const found: RouteModule[] = [];
    for (let depth = 0; depth <= steps.length; depth++) {
      const module = byPath.get([...steps.slice(0, depth), name].join("/"));
      if (module) found.push(module);
    }
    return found;
  };
  const routes: Route[] = [];
  for (const { file, module } of snapshot.routes) {
    const base = file.slice(file.lastIndexOf("/") + 1).replace(/\.tsx?$/, "");
    if (SPECIAL.has(base)) continue;
    const pieces = parseRouteFile(file);
    routes.push({
      file,
      pattern: "/" + pieces.map((p) => p.kind === "static" ? p.name : `:${p.name}`).join("/"),
      pieces,
      module,
      middlewares: around(file, "_middleware"),
      layouts: around(file, "_layout"),
    });
  }
  routes.sort((a, b) => comparePieces(a.pieces, b.pieces));
  return {
    app: byPath.get("_app"),
    notFound: byPath.get("_404"),
    error: byPath.get("_error") ?? byPath.get("_500"),
    rootMiddlewares: around("", "_middleware"),
    match(pathname) {
      const parts = pathname.split("/").filter((part) => part !== "").map(decode);
      if (parts.some((part) => part === undefined)) return undefined;
      for (const route of routes) {
        const params = matchPieces(route.pieces, parts as string[]);
        if (params) return { route, params };
      }
      return undefined;
    },
  };
}
