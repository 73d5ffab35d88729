import { describeCall, readAnswer } from "./request.ts";
import type { AnyCallInput, CallInput, CallResult, OperationName } from "./types.ts";

/** Headers that belong to the visitor's own request and not to ours. */
const DROPPED = [
  "content-length",
  "content-type",
  "transfer-encoding",
  "connection",
  "if-none-match",
  "if-modified-since",
  "accept-encoding",
  "upgrade",
];

function readJar(header: string | null): Map<string, string> {
  const jar = new Map<string, string>();
  for (const part of (header ?? "").split(";")) {
    const split = part.indexOf("=");
    if (split > 0) jar.set(part.slice(0, split).trim(), part.slice(split + 1).trim());
  }
  return jar;
}

export interface ServerApi {
  /** Calls an operation in the visitor's name; throws ApiError where it is refused. */
  call<Name extends OperationName>(
    name: Name,
    ...input: Record<never, never> extends CallInput<Name> ? [CallInput<Name>?] : [CallInput<Name>]
  ): Promise<CallResult<Name>>;
  /** Uploads a file the visitor sent with a form. */
  upload(file: File, purpose: "avatar" | "icon" | "emoji"): Promise<CallResult<"uploadMedia">>;
  /** Cookies the operations have set so far, for the page's answer to carry. */
  readonly cookies: readonly string[];
}

/**
 * The client API as the visitor behind `request` would call it, without leaving the process.
 * A session that one call begins is used by the next: registering and joining is one step.
 */
export function createServerApi(
  request: Request,
  send: (request: Request) => Promise<Response>,
): ServerApi {
  const base = new URL(request.url).origin;
  const cookies: string[] = [];
  const jar = readJar(request.headers.get("cookie"));
  const run = async (
    call: { method: string; path: string },
    body: { type: string; data: string | Uint8Array<ArrayBuffer> } | undefined,
  ): Promise<unknown> => {
    const headers = new Headers(request.headers);
    for (const header of DROPPED) headers.delete(header);
    if (body) headers.set("content-type", body.type);
    if (body && typeof body.data !== "string") {
      headers.set("content-length", String(body.data.length));
    }
    headers.set("accept", "application/json");
    headers.set("cookie", [...jar].map(([key, value]) => `${key}=${value}`).join("; "));
    const response = await send(
      new Request(base + call.path, {
        method: call.method,
        headers,
        ...(body ? { body: body.data } : {}),
      }),
    );
    for (const cookie of response.headers.getSetCookie()) {
      cookies.push(cookie);
      const [, key, value] = /^([^=;]+)=([^;]*)/.exec(cookie) ?? [];
      if (key !== undefined && value !== undefined) jar.set(key, value);
    }
    return await readAnswer(response);
  };
  return {
    cookies,
    async call(name, ...rest) {
      const described = describeCall(name, (rest[0] ?? {}) as AnyCallInput);
      const body = described.body === undefined
        ? undefined
        : { type: "application/json", data: described.body };
      return await run(described, body) as CallResult<typeof name>;
    },
    async upload(file, purpose) {
      const described = describeCall("uploadMedia", { query: { filename: file.name, purpose } });
      const data = new Uint8Array(await file.arrayBuffer());
      const type = file.type === "" ? "application/octet-stream" : file.type;
      return await run(described, { type, data }) as CallResult<"uploadMedia">;
    },
  };
}
