import { messageKind } from "../../../core/event/kinds/message.ts";
import { relationOf } from "../../../core/event/relation.ts";
import { encodeBase58Of16 } from "../../../core/ids/base58.ts";
import type { EventId } from "../../../core/ids/event_id.ts";
import { serverOf } from "../../../core/ids/user_id.ts";
import { limits } from "../../../core/limits.ts";
import { previewAddress } from "../../../core/previews/preview_words.ts";
import type { StoredEvent } from "../../postgres/event_rows.ts";
import type { FeedBatch } from "../../postgres/log_feed.ts";
import { heldOf } from "../../rooms/load_room.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { isEncrypted } from "../e2ee/room_encryption.ts";
import { findEdits, findTimelineEvents } from "../messages/message_rows.ts";
import { untilBack } from "../../system/until_back.ts";
import { contentOfPdu } from "../messages/project_messages.ts";
import { isFromBefore } from "../messages/readable_rows.ts";
import type { PreviewFinder } from "./preview_finder.ts";
import { PREVIEW_LIMITS } from "./preview_limits.ts";
import {
  dropMessagePreviews,
  type MessageRef,
  messagesAwaiting,
  setMessagePreviews,
} from "./preview_rows.ts";
import { Tally } from "./tally.ts";

export interface FollowerDeps
  extends Pick<ChatDeps, "sql" | "rooms" | "clock" | "rng" | "log" | "serverName"> {
  readonly finder: PreviewFinder;
  /** Of several processes the one that stored a message looks after its links. */
  readonly ownWriterId: () => number;
  /** What is shown of the message's links has changed. */
  readonly tell: (message: MessageRef) => void;
}

/**
 * Hears what is said and looks for what its links lead to, after the message: nothing waits for
 * it. Only what is said now is looked at; whoever reads the past makes no server ask a page.
 */
export class PreviewFollower implements AsyncDisposable {
  readonly #deps: FollowerDeps;
  readonly #ending = new AbortController();
  readonly #authors: Tally;
  /** Messages that are being looked at. */
  readonly #working = new Set<Promise<void>>();
  readonly #untold = new Map<EventId, MessageRef>();
  #telling: Promise<void> | undefined;

  constructor(deps: FollowerDeps) {
    this.#deps = deps;
    const { authorLinks: most, authorMs: windowMs, authors: keys } = PREVIEW_LIMITS;
    this.#authors = new Tally(deps.clock, { most, windowMs, keys });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    this.#deps.finder.stop();
    await Promise.all(this.#working);
    await this.#telling;
  }

  /** Hears what is stored. */
  take(batch: FeedBatch): void {
    const own = this.#deps.ownWriterId();
    const gone: MessageRef[] = [];
    for (const stored of batch.events) {
      if (stored.type !== messageKind.type || stored.writerId !== own) continue;
      if (stored.redactedBy !== undefined || stored.withheld) gone.push(stored);
      else if (isNews(stored) && concernsLinks(stored)) this.#begin(() => this.#look(stored));
    }
    if (gone.length > 0) {
      const patience = { ...this.#deps, signal: this.#ending.signal };
      this.#begin(() => untilBack(() => dropMessagePreviews(this.#deps.sql, gone), patience));
    }
  }

  #begin(work: () => Promise<void>): void {
    // Under such a load people have other cares than pictures of pages.
    if (this.#working.size >= PREVIEW_LIMITS.messages || this.#ending.signal.aborted) return;
    const run = work().catch((error) => {
      if (this.#ending.signal.aborted) return;
      this.#deps.log.log("error", "Links could not be looked at.", { error });
    }).finally(() => this.#working.delete(run));
    this.#working.add(run);
  }

  async #look(stored: StoredEvent): Promise<void> {
    const { sql, rooms, clock, rng } = this.#deps;
    const edited = editedBy(stored);
    const room = await rooms.open(stored.roomId);
    if (room === undefined) return;
    await this.#spread(stored);
    const said = await this.#textNow(stored, edited ?? stored.eventId);
    if (said === undefined) return;
    const addresses = this.#mayPreview(room, stored)
      ? await this.#addressesIn(said.body, stored)
      : [];
    const message = { roomId: stored.roomId, eventId: said.eventId };
    const changed = await setMessagePreviews(sql, message, {
      urls: addresses.map(({ href }) => href),
      previewIds: addresses.map(() => encodeBase58Of16(rng.bytes(16))),
      nowMs: clock.now(),
    });
    if (changed && edited !== undefined) this.#tell(message);
    await Promise.all(addresses.map((url) => this.#find(url, message)));
  }

  async #find(url: URL, message: MessageRef): Promise<void> {
    const { finder, sql, clock } = this.#deps;
    const outcome = await finder.find(url);
    if (outcome === "known") this.#tell(message);
    if (outcome !== "found") return;
    for (const each of await messagesAwaiting(sql, url.href, clock.now())) this.#tell(each);
  }

  /**
   * A message as it reads now: an edit may have taken a link away while this waited. Undefined where
   * it is gone, or `stored` is an edit that does not count.
   */
  async #textNow(
    stored: StoredEvent,
    target: EventId,
  ): Promise<{ readonly eventId: EventId; readonly body: unknown } | undefined> {
    const { sql } = this.#deps;
    const [[row], edits] = await Promise.all([
      findTimelineEvents(sql, stored.roomId, [target]),
      findEdits(sql, stored.roomId, [target]),
    ]);
    if (row?.sender !== stored.sender || row.redactedBy !== undefined) return undefined;
    const last = edits.at(-1);
    if (last === undefined && target !== stored.eventId) return undefined;
    return { eventId: target, body: contentOfPdu(last?.pdu ?? row.pdu)["body"] };
  }

  /** Servers that hear of a message of another do not all ask at one moment. */
  async #spread(stored: StoredEvent): Promise<void> {
    const { clock, rng, serverName } = this.#deps;
    if (serverOf(stored.sender) === serverName) return;
    const [a = 0, b = 0] = rng.bytes(2);
    const waitMs = (a * 256 + b) / 65_536 * PREVIEW_LIMITS.spreadMs;
    await clock.sleep(waitMs, this.#ending.signal);
  }

  /** Without proof of the right a message has no such effect here. PROTOCOL.md 4. */
  #mayPreview(room: Room, stored: StoredEvent): boolean {
    const { authority } = room;
    const { channelId, sender, originTs } = stored;
    return channelId !== undefined && !isEncrypted(authority) &&
      !isFromBefore(authority, this.#deps.serverName, originTs) &&
      authority.has(sender, "EMBED", { atTs: this.#deps.clock.now(), channelId });
  }

  async #addressesIn(body: unknown, { sender }: StoredEvent): Promise<URL[]> {
    if (typeof body !== "string") return [];
    const { previewLinks } = await import("../../../ui/lib/md/links.ts");
    const addresses = new Map<string, URL>();
    for (const { href } of previewLinks(body)) {
      const url = previewAddress(href);
      if (url === undefined || addresses.has(url.href)) continue;
      if (addresses.size >= PREVIEW_LIMITS.links || !this.#authors.take(sender)) break;
      addresses.set(url.href, url);
    }
    return [...addresses.values()];
  }

  /** Once for each message, however many of its pages come within a moment. */
  #tell(message: MessageRef): void {
    this.#untold.set(message.eventId, message);
    this.#telling ??= this.#deps.clock.sleep(PREVIEW_LIMITS.gatherMs, this.#ending.signal)
      .then(() => {
        for (const each of this.#untold.values()) this.#deps.tell(each);
      }, () => undefined)
      .finally(() => {
        this.#untold.clear();
        this.#telling = undefined;
      });
  }
}

function editedBy(stored: StoredEvent): EventId | undefined {
  const relation = relationOf(heldOf(stored).pdu);
  return relation?.kind === "edit" ? relation.eventId : undefined;
}

/** Most messages have none; an edit may take them away. */
function concernsLinks(stored: StoredEvent): boolean {
  return /:\/\/|www\./i.test(stored.pdu) || editedBy(stored) !== undefined;
}

/** Said just now, by its author's clock too. */
function isNews(stored: StoredEvent): boolean {
  return stored.channelId !== undefined && stored.outcome === "accepted" &&
    stored.moved === undefined && stored.receivedTs - stored.originTs < limits.receive.lateAfterMs;
}
