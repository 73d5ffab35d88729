import { join } from "node:path";
import { OperationError } from "../../../../core/errors.ts";
import type { ChannelId } from "../../../../core/ids/channel_id.ts";
import { type MediaUri, parseMediaUri, serverOfMedia } from "../../../../core/ids/media_uri.ts";
import type { RoomId } from "../../../../core/ids/room_id.ts";
import type { ServerName } from "../../../../core/ids/server_name.ts";
import type { UserId } from "../../../../core/ids/user_id.ts";
import type { AskOrder } from "../../../../federation/perform/ask_order.ts";
import { askMedia, type MediaFailure } from "../../../../federation/perform/media.ts";
import type { ChannelRef, Transport } from "../../../../federation/ports.ts";
import { Lanes } from "../../../http/federation/lanes.ts";
import { type MediaAddress, noSuchMedia } from "../find_visible_media.ts";
import type { MediaDeps } from "../media_deps.ts";
import { MEDIA_LIMITS } from "../media_settings.ts";
import { useFromRow } from "../media_use.ts";
import { maySeeUse, type MediaVisibility } from "../media_visibility.ts";
import { discardCopy, makeRoom, reserveCopy, storeCopy } from "./keep_remote.ts";
import { receiveRemote } from "./receive_remote.ts";
import { findCopy, findRemoteUses, type RemoteCopy, type RemoteUseRow } from "./remote_copy.ts";

const WAITING = {
  waiting: MEDIA_LIMITS.remoteWaiting,
  waitingInAll: MEDIA_LIMITS.remoteWaiting,
};

export interface RemoteMediaDeps extends MediaDeps {
  readonly transport: Pick<Transport, "download">;
  readonly order: AskOrder;
  readonly visibility: MediaVisibility;
  /** Other servers that may read a channel, and so may hold copies of its files. */
  readonly readersOf: (channel: ChannelRef) => Promise<readonly ServerName[]>;
}

/** A copy with the name under which it may be saved. */
export interface NamedCopy extends RemoteCopy {
  readonly name: string;
}

/**
 * Files of other servers: fetched when somebody who may see one asks for it, verified before a
 * byte goes on, and kept as long as something here names them and there is room. PROTOCOL.md 10.
 */
export class RemoteMedia {
  readonly #deps: RemoteMediaDeps;
  readonly #fetching = new Map<MediaUri, Promise<void>>();
  readonly #perServer = new Lanes({ ...WAITING, atOnce: MEDIA_LIMITS.remoteAtOncePerServer });
  readonly #all = new Lanes({ ...WAITING, atOnce: MEDIA_LIMITS.remoteAtOnce });
  readonly #quiet = new Map<MediaUri, { readonly untilMs: number; readonly error: unknown }>();
  readonly #stopping = new AbortController();

  constructor(deps: RemoteMediaDeps) {
    this.#deps = deps;
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** @throws OperationError `not_found`, `unavailable`, `too_large` */
  async find(address: MediaAddress, caller: UserId | undefined): Promise<NamedCopy> {
    const uri = parseMediaUri(`mxc://${address.server}/${address.mediaId}`);
    const uses = uri === undefined ? [] : await this.#visibleUses(uri, caller);
    if (uri === undefined || uses.length === 0) throw noSuchMedia(address);
    const held = await this.#matching(uri, uses);
    if (held !== undefined) return held;
    await this.#fetchOnce(uri, uses);
    const fetched = await this.#matching(uri, uses);
    if (fetched === undefined) throw noSuchMedia(address);
    return fetched;
  }

  async #visibleUses(uri: MediaUri, caller: UserId | undefined): Promise<RemoteUseRow[]> {
    const visible: RemoteUseRow[] = [];
    for (const use of await findRemoteUses(this.#deps.sql, uri)) {
      if (await maySeeUse(this.#deps.visibility, useFromRow(use), caller)) visible.push(use);
    }
    return visible;
  }

  /** The copy, if it is the very file that one of these uses names. */
  async #matching(
    uri: MediaUri,
    uses: readonly RemoteUseRow[],
  ): Promise<NamedCopy | undefined> {
    const { sql, clock } = this.#deps;
    const copy = await findCopy(sql, uri);
    const use = uses.find(({ blake3 }) => blake3 === null || blake3 === copy?.blake3);
    if (copy === undefined || use === undefined) return undefined;
    const now = clock.now();
    if (now - copy.used_ts > MEDIA_LIMITS.remoteTouchMs) {
      await sql`update remote_media set used_ts = ${now} where uri = ${uri}`;
    }
    return { ...copy, name: use.name };
  }

  #fetchOnce(uri: MediaUri, uses: readonly RemoteUseRow[]): Promise<void> {
    const known = this.#fetching.get(uri);
    if (known !== undefined) return known;
    const quiet = this.#quiet.get(uri);
    if (quiet !== undefined && quiet.untilMs > this.#deps.clock.monotonic()) {
      return Promise.reject(quiet.error);
    }
    const run = this.#inTurn(serverOfMedia(uri), () => this.#fetch(uri, uses))
      .catch((error) => {
        this.#remember(uri, error);
        throw error;
      })
      .finally(() => this.#fetching.delete(uri));
    this.#fetching.set(uri, run);
    return run;
  }

  #remember(uri: MediaUri, error: unknown): void {
    this.#quiet.delete(uri);
    const untilMs = this.#deps.clock.monotonic() + MEDIA_LIMITS.remoteQuietMs;
    this.#quiet.set(uri, { untilMs, error });
    if (this.#quiet.size <= MEDIA_LIMITS.remoteQuietFiles) return;
    const [oldest] = this.#quiet.keys();
    if (oldest !== undefined) this.#quiet.delete(oldest);
  }

  /** A slow server takes no more than its share of what is fetched at once. */
  async #inTurn(server: ServerName, work: () => Promise<void>): Promise<void> {
    let begun = false;
    const begin = () => {
      begun = true;
      return work();
    };
    try {
      await this.#perServer.run(server, () => this.#all.run("all servers", begin));
    } catch (cause) {
      if (begun) throw cause;
      throw new OperationError(
        "unavailable",
        `Many files of ${server} are being fetched; try again in a moment.`,
        { cause, details: { retry_after_ms: 1000 } },
      );
    }
  }

  async #fetch(uri: MediaUri, uses: readonly RemoteUseRow[]): Promise<void> {
    const { spoolFolder, settings } = this.#deps;
    const maxBytes = Math.min(settings.remoteMax, settings.remoteQuota);
    const named = uses.filter(({ blake3 }) => blake3 !== null);
    // Pictures of profiles, guilds and emoji say no size.
    const wanted = named.filter(({ size }) => size === null || size >= 0 && size <= maxBytes);
    if (named.length > 0 && wanted.length === 0) throw tooLarge(uri, maxBytes);
    const blobPrefix = await reserveCopy(this.#deps, uri);
    const folder = await Deno.makeTempDir({ dir: spoolFolder });
    try {
      const take = (file: { body: ReadableStream<Uint8Array> }) =>
        this.#take(uri, { body: file.body, folder, wanted, maxBytes, blobPrefix });
      const failure = await askMedia(this.#deps, {
        uri,
        holders: await this.#holdersOf(wanted),
        signal: this.#stopping.signal,
        take,
      });
      if (failure !== undefined) throw notFetched(uri, failure);
    } catch (error) {
      await discardCopy(this.#deps, blobPrefix);
      throw error;
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
    await makeRoom(this.#deps);
  }

  async #holdersOf(uses: readonly RemoteUseRow[]): Promise<readonly ServerName[]> {
    const [use] = uses;
    if (use === undefined || use.room_id === null || use.channel_id === null) return [];
    return await this.#deps.readersOf({
      roomId: use.room_id as RoomId,
      channelId: use.channel_id as ChannelId,
    });
  }

  /** False where it is another file than any of the wanted. */
  async #take(uri: MediaUri, given: {
    readonly body: ReadableStream<Uint8Array>;
    readonly folder: string;
    readonly wanted: readonly RemoteUseRow[];
    readonly maxBytes: number;
    readonly blobPrefix: string;
  }): Promise<boolean> {
    const { body, folder, wanted, maxBytes, blobPrefix } = given;
    const sizes = new Set(wanted.map(({ size }) => size));
    const [size] = sizes.size === 1 ? sizes : [undefined];
    const path = join(folder, "body");
    const received = await this.#deps.hashers.use((hasher) =>
      receiveRemote({ clock: this.#deps.clock, hasher }, {
        body,
        path,
        maxBytes,
        exact: size ?? undefined,
        signal: this.#stopping.signal,
      })
    );
    if (wanted.length > 0 && !wanted.some(({ blake3 }) => blake3 === received.blake3)) {
      this.#deps.log.log("warn", "A server gave another file than the one that was named.", {
        uri,
        named: wanted.map(({ blake3 }) => blake3),
        given: received.blake3,
      });
      return false;
    }
    const name = wanted[0]?.name ?? "file";
    await storeCopy(this.#deps, uri, { blobPrefix, file: { ...received, path, folder, name } });
    this.#deps.meter.add("fetched_files", 1);
    this.#deps.meter.add("fetched_bytes", received.size);
    return true;
  }
}

function tooLarge(uri: MediaUri, maxBytes: number): OperationError {
  return new OperationError(
    "too_large",
    `The file ${uri} is larger than the ${maxBytes} bytes that this server fetches from others.`,
    { details: { limit_bytes: maxBytes } },
  );
}

/** In our own words: what another server said is for the log. */
function notFetched(uri: MediaUri, { silent, wrong }: MediaFailure): OperationError {
  const server = serverOfMedia(uri);
  if (wrong.length > 0) {
    return new OperationError(
      "unavailable",
      `What ${wrong.join(", ")} gave is not the file that was sent, so it is not shown.`,
    );
  }
  if (silent.length > 0) {
    return new OperationError(
      "unavailable",
      `The file could not be fetched: ${silent.join(", ")} did not give it. Try again in a minute.`,
      { details: { retry_after_ms: MEDIA_LIMITS.remoteQuietMs } },
    );
  }
  return new OperationError("not_found", `${server} does not have this file any more.`);
}
