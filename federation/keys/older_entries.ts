import type { ServerName } from "../../core/ids/server_name.ts";
import type { KeyId } from "../../core/ids/key_id.ts";
import type { KeyDocument } from "../../core/keys/key_document.ts";
import { limits } from "../../core/limits.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import { keyNameText, TransportError } from "../ports.ts";
import { Pauses } from "./pauses.ts";
import { Slots } from "./slots.ts";

const AT_ONCE = 8;
/** Questions that wait for their turn; beyond it nothing is asked now. */
const WAITING_MAX = 200;
/** Requests that one question makes; whoever wants more keys asks again. */
const REQUESTS_MAX = 5;
/** Anyone can name a key that is not: short at first, like the pause of a document. */
const VAIN = { firstMs: 2_000, mostMs: 10 * 60_000, max: 10_000 };

export interface OlderEntriesDeps {
  readonly clock: Pick<Clock, "monotonic">;
  readonly log: Log;
  /** What a server answers for these ids: a checked excerpt. @throws TransportError */
  readonly fetch: (server: ServerName, keyIds: readonly KeyId[]) => Promise<KeyDocument>;
  /** Those of these ids that its server is not known to have listed. */
  readonly unlisted: (server: ServerName, keyIds: readonly KeyId[]) => Promise<readonly KeyId[]>;
  readonly keep: (excerpt: KeyDocument) => Promise<void>;
}

/**
 * Asks servers for entries of theirs that their full documents list no more, by id. One question
 * at a time goes to a server; what it does not have is not asked for again for a while.
 * PROTOCOL.md 8.
 */
export class OlderEntries {
  readonly #deps: OlderEntriesDeps;
  readonly #slots = new Slots(AT_ONCE);
  readonly #turns = new Map<ServerName, Promise<void>>();
  readonly #vain: Pauses;

  constructor(deps: OlderEntriesDeps) {
    this.#deps = deps;
    this.#vain = new Pauses(deps.clock, VAIN);
  }

  /** Ends when the server was asked, or is not to be asked now. */
  async ask(server: ServerName, keyIds: readonly KeyId[]): Promise<void> {
    if (this.#slots.waiting >= WAITING_MAX) return;
    const before = this.#turns.get(server) ?? Promise.resolve();
    const turn = before.then(() => this.#slots.run(() => this.#askInTurn(server, keyIds)));
    const ended = turn.catch(() => undefined);
    this.#turns.set(server, ended);
    try {
      await turn;
    } finally {
      if (this.#turns.get(server) === ended) this.#turns.delete(server);
    }
  }

  async #askInTurn(server: ServerName, keyIds: readonly KeyId[]): Promise<void> {
    for (let request = 0; request < REQUESTS_MAX; request++) {
      // A question before this one may have brought them.
      const missing = await this.#deps.unlisted(server, keyIds);
      const wanted = missing.filter((keyId) => this.#vain.isOver(keyNameText({ server, keyId })))
        .slice(0, limits.keys.maxEntriesInExcerpt);
      if (wanted.length === 0) return;
      if (!await this.#askOnce(server, wanted)) return;
    }
  }

  /** Whether the server gave an answer. */
  async #askOnce(server: ServerName, wanted: readonly KeyId[]): Promise<boolean> {
    const { log, fetch, keep, unlisted } = this.#deps;
    let answered = true;
    try {
      await keep(await fetch(server, wanted));
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      answered = false;
      log.log("info", "Older keys of a server could not be fetched.", {
        server,
        keys: wanted.length,
        reason: error.message,
        kind: error.kind,
      });
    }
    const still = new Set(await unlisted(server, wanted));
    for (const keyId of wanted) this.#vain.note(keyNameText({ server, keyId }), still.has(keyId));
    return answered;
  }
}
