import { getControl } from "../../core/api/federation/events.ts";
import type { ControlEvent, HeldEvent } from "../../core/event/event.ts";
import { isControlEvent } from "../../core/event/event.ts";
import type { KeyName } from "../../core/event/verify_event.ts";
import type { Blake3 } from "../../core/event/hash.ts";
import type { JsonValue } from "../../core/event/json.ts";
import { parsePduValue } from "../../core/event/parse_pdu.ts";
import type { SignatureVerifier } from "../../core/event/verify.ts";
import type { KeyProof } from "../../core/api/federation/shapes.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { parseUserId, serverOf, type UserId } from "../../core/ids/user_id.ts";
import { limits } from "../../core/limits.ts";
import { keyNameText, type KeyRing, type Transport, TransportError } from "../ports.ts";
import { verifiedAmong } from "../verified_among.ts";
import { type GraphStep, ImportGraph } from "./import_graph.ts";

/** Events whose signatures are in flight together; parsing the next ones goes on meanwhile. */
const VERIFY_AT_ONCE = 125;

/** Keys of servers that do not answer, asked for in one room: decades of weekly keys. */
const LACKING_MAX = 5000;

/** The room cannot be proven: nothing of it may be kept. */
export class UnverifiableRoomError extends Error {
  override readonly name = "UnverifiableRoomError";
}

export interface ImportPorts {
  readonly transport: Pick<Transport, "call">;
  readonly keys: Pick<KeyRing, "obtain">;
  readonly verifier: SignatureVerifier;
  readonly blake3?: Blake3;
}

export interface ImportOptions {
  readonly roomId: RoomId;
  /** Told for every event that passed, parents first. */
  readonly take: (step: GraphStep) => void;
  readonly progress: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Fetches whole control graphs and checks every event of them: signatures with many in flight,
 * then steps 1 to 5 in the order parents first. What fails is left out, and what rests on it
 * too; whether the rest is enough is for `holds` to say. PROTOCOL.md 9.
 */
export class RoomImport {
  readonly #ports: ImportPorts;
  readonly #options: ImportOptions;
  #graph: ImportGraph | undefined;
  /** The first reasons why events were left out, for the log. */
  readonly left: string[] = [];
  /** Keys that nobody gave, by `keyNameText`. */
  readonly #lacking = new Map<string, KeyName>();
  /** Users who are joined as far as signatures say, whether their events passed or not. */
  readonly #joined = new Set<UserId>();

  constructor(ports: ImportPorts, options: ImportOptions) {
    this.#ports = ports;
    this.#options = options;
  }

  get graph(): ImportGraph | undefined {
    return this.#graph;
  }

  /**
   * Reads the graph as one server gives it. May be called for several: what is known is skipped.
   * @throws TransportError, UnverifiableRoomError
   */
  async readFrom(helper: ServerName): Promise<void> {
    let next: string | null = null;
    let read = 0;
    let page = this.#fetch(helper, next);
    do {
      const { pdus, keys, next: following, total } = await page;
      next = following;
      if (pdus.length === 0 && next !== null) {
        throw new TransportError("bad_answer", `${helper} gives an empty page that goes on.`);
      }
      if (next !== null) page = this.#fetch(helper, next);
      // Answered by the next turn of the loop; a failure meanwhile must not count as unheard.
      page.catch(() => undefined);
      read += pdus.length;
      if (read > limits.federation.maxControlEvents) throw tooLarge(this.#options.roomId);
      await this.takePage(pdus, { proofs: keys, ask: [helper] });
      this.#options.progress(this.#graph?.size ?? 0, Math.max(total, this.#graph?.size ?? 0));
    } while (next !== null);
  }

  /**
   * Reads the graph once more, where keys were lacking that can be had on the word of those who
   * are in the room at its end: the first reading has shown who that is.
   * @throws TransportError, UnverifiableRoomError
   */
  async readAgain(helper: ServerName, told: readonly ServerName[]): Promise<void> {
    if (await this.takeOnWord(helper, told)) await this.readFrom(helper);
  }

  /**
   * Whether some key that was lacking is held now. First after the helper are asked who are in the
   * room by what has passed, then by signatures, last whom the helper names besides.
   */
  async takeOnWord(helper: ServerName, told: readonly ServerName[] = []): Promise<boolean> {
    const names = [...this.#lacking.values()].slice(0, LACKING_MAX);
    this.#lacking.clear();
    if (names.length === 0) return false;
    const passed = this.#graph?.residents() ?? [];
    const signed = [...this.#joined].map(serverOf);
    const servers = [...new Set([helper, ...passed, ...signed, ...told])];
    const found = await this.#ports.keys.obtain(names, {
      residents: () => Promise.resolve({ servers, holdAll: true }),
    });
    // Reasons of the first reading may be none any more.
    if (found.size > 0) this.left.length = 0;
    return found.size > 0;
  }

  #fetch(helper: ServerName, from: string | null) {
    const { roomId, signal } = this.#options;
    signal?.throwIfAborted();
    return this.#ports.transport.call(helper, getControl, {
      room_id: roomId,
      limit: limits.federation.maxPdusPerAnswer,
      ...(from === null ? {} : { from }),
    }, signal === undefined ? {} : { signal });
  }

  /** Takes PDUs, parents first. Never throws for what is in them. */
  async takePage(
    pdus: readonly JsonValue[],
    hints: { readonly proofs: readonly KeyProof[]; readonly ask: readonly ServerName[] },
  ): Promise<void> {
    const checks: ReturnType<typeof verifiedAmong<ControlEvent>>[] = [];
    for (let at = 0; at < pdus.length; at += VERIFY_AT_ONCE) {
      const events = pdus.slice(at, at + VERIFY_AT_ONCE).flatMap((pdu) => this.#parse(pdu));
      const check = verifiedAmong(this.#ports, events, { ...hints, past: true });
      check.catch(() => undefined);
      checks.push(check);
      // Verification runs on other threads: let it begin before the next ones are parsed.
      await Promise.resolve();
    }
    for (const check of checks) {
      const { verified, refused } = await check;
      for (const { event, reason, keys } of refused) {
        this.#leave(event, reason);
        for (const name of keys) this.#lacking.set(keyNameText(name), name);
      }
      for (const event of verified) {
        this.#noteMember(event);
        this.#add(event);
      }
    }
  }

  #parse(pdu: JsonValue): ControlEvent[] {
    const { blake3 } = this.#ports;
    const parsed = parsePduValue(pdu, {
      roomId: this.#options.roomId,
      ...(blake3 === undefined ? {} : { blake3 }),
    });
    if (parsed.kind === "drop") {
      this.#note(parsed.message);
      return [];
    }
    const { event } = parsed;
    if (!isControlEvent(event)) {
      this.#leave(event, "is no control event");
      return [];
    }
    return this.#graph?.has(event.id) === true ? [] : [event];
  }

  #add(event: ControlEvent): void {
    const { take } = this.#options;
    if (this.#graph === undefined) {
      this.#graph = ImportGraph.begin(event);
      if (this.#graph === undefined) this.#leave(event, "comes before the room's create event");
      else take(this.#graph.first());
      return;
    }
    const outcome = this.#graph.add(event);
    if (outcome.kind === "accepted") take(outcome.step);
    else if (outcome.kind === "wait") this.#leave(event, `cites ${outcome.missing[0]}, not given`);
    else if (outcome.kind === "reject") this.#leave(event, outcome.reason);
  }

  /** Our own join, where no helper gave it back; it must pass like every other event. */
  addOwn(event: ControlEvent): void {
    this.#add(event);
  }

  #noteMember({ pdu }: ControlEvent): void {
    const user = pdu.type === "m.room.member" ? parseUserId(pdu.state_key ?? "") : undefined;
    if (user === undefined) return;
    if (pdu.content["membership"] === "join") this.#joined.add(user);
    else this.#joined.delete(user);
  }

  #leave(event: HeldEvent, reason: string): void {
    this.#note(`${event.id} (${event.pdu.type}): ${reason}`);
  }

  #note(reason: string): void {
    if (this.left.length < limits.federation.maxReasonsKept) this.left.push(reason);
  }
}

function tooLarge(roomId: RoomId): UnverifiableRoomError {
  return new UnverifiableRoomError(
    `Room ${roomId} has more than ${limits.federation.maxControlEvents} control events.`,
  );
}
