import { getMedia } from "../../core/api/federation/people.ts";
import { mediaIdOf, type MediaUri, serverOfMedia } from "../../core/ids/media_uri.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { Log } from "../../core/ports/log.ts";
import { type Transport, TransportError } from "../ports.ts";
import type { AskOrder } from "./ask_order.ts";

export interface MediaWish {
  readonly uri: MediaUri;
  /** Others who may hold a copy; none where its hash is not known, for then only its server counts. */
  readonly holders: readonly ServerName[];
  readonly signal: AbortSignal;
  /** Reads the whole stream; false where it is not the file that was asked for. */
  readonly take: (file: {
    readonly body: ReadableStream<Uint8Array>;
    readonly size: number | undefined;
    readonly server: ServerName;
  }) => Promise<boolean>;
}

/** Where no server gave the file: who said no, who did not answer, who gave something else. */
export interface MediaFailure {
  readonly refused: readonly ServerName[];
  readonly silent: readonly ServerName[];
  readonly wrong: readonly ServerName[];
}

/** Asks the file's own server, then others who may hold a copy. Undefined once one was good. */
export async function askMedia(
  deps: {
    readonly transport: Pick<Transport, "download">;
    readonly order: AskOrder;
    readonly log: Log;
  },
  wish: MediaWish,
): Promise<MediaFailure | undefined> {
  const failure = {
    refused: [] as ServerName[],
    silent: [] as ServerName[],
    wrong: [] as ServerName[],
  };
  const server = serverOfMedia(wish.uri);
  const request = { server, media_id: mediaIdOf(wish.uri) };
  const { signal } = wish;
  for (const asked of deps.order.of(wish.holders, server)) {
    if (signal.aborted) break;
    try {
      const file = await deps.transport.download(asked, getMedia, request, { signal });
      if (await wish.take({ ...file, server: asked })) {
        deps.order.answered(asked);
        return undefined;
      }
      failure.wrong.push(asked);
    } catch (error) {
      const kind = error instanceof TransportError ? error.kind : "broken";
      failure[kind === "refused" ? "refused" : "silent"].push(asked);
      if (kind !== "refused") deps.order.failed(asked);
      deps.log.log("info", "A server did not give a file.", {
        uri: wish.uri,
        server: asked,
        failure: kind,
        error,
      });
    }
  }
  return failure;
}
