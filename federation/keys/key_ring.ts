import type { KeyProof, KeyWord } from "../../core/api/federation/shapes.ts";
import type { SignatureVerifier } from "../../core/event/verify.ts";
import type { KeyName } from "../../core/event/verify_event.ts";
import { type KeyId, parseSignatureName } from "../../core/ids/key_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import {
  type KeyDocument,
  verifyKeyDocument,
  verifyKeyExcerpt,
} from "../../core/keys/key_document.ts";
import { isRetired, type KeyEntry, keyIdOf } from "../../core/keys/key_entry.ts";
import { isVouchedFor } from "../../core/keys/sign_key_entry.ts";
import { limits } from "../../core/limits.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import { putNewest } from "../../core/put_newest.ts";
import {
  type KeyHints,
  keyNameText,
  type KeyRing,
  type Residents,
  TransportError,
} from "../ports.ts";
import { acceptChain, chainOf, MAX_CHAIN, readProofs } from "./accept_proofs.ts";
import { type FetchEnd, FetchGate } from "./fetch_gate.ts";
import { OlderEntries } from "./older_entries.ts";
import type { HeldEntry, KeyStore, WordsJudged } from "./ports.ts";
import { type KeysAnswer, ResidentDesk, type Taken } from "./resident_desk.ts";
import { readDocument } from "./read_document.ts";
import { keyWeakness } from "./weak_keys.ts";

/** Where a server's key document is. PROTOCOL.md 8. */
export const KEY_DOCUMENT_PATH = "/.well-known/openguild/keys";

/** Where an excerpt of it is, of these entries. PROTOCOL.md 8. */
export function keyExcerptPath(keyIds: readonly KeyId[]): string {
  return `${KEY_DOCUMENT_PATH}?${keyIds.map((keyId) => `key_id=${keyId}`).join("&")}`;
}

export interface KeyRingDeps {
  readonly self: ServerName;
  readonly store: KeyStore;
  readonly verifier: SignatureVerifier;
  readonly clock: Clock;
  readonly log: Log;
  /** The bytes of a server's key document. @throws TransportError */
  readonly fetchDocument: (server: ServerName) => Promise<Uint8Array>;
  /** The bytes of an excerpt of it, for these ids. @throws TransportError */
  readonly fetchExcerpt: (server: ServerName, keyIds: readonly KeyId[]) => Promise<Uint8Array>;
  /** What another server holds of these (operation `getKeys`). @throws TransportError */
  readonly askKeys: (of: ServerName, names: readonly KeyName[]) => Promise<KeysAnswer>;
}

/** Entries, standings and servers kept in memory, each. */
const MAX_HELD = 20_000;
/** What was found of a key's standing is believed for so long: other processes fetch too. */
const STANDING_MS = 30_000;
const FETCHES = { atOnce: 16, waiting: 200 };
/** Other servers asked for the keys of one that is away. */
const MAX_ASKED = 3;
/** Rounds in which vouchers of vouchers are asked for. */
const MAX_ROUNDS = 4;
/** Vouchers of vouchers that are given away with a key: two months of weekly keys. */
const VOUCHERS_GIVEN = 8;
/** Servers whose entries rest on the word of others, asked in one review whether they are back. */
const MAX_REVIEWED = 100;
/** Signatures of an excerpt that are looked at; one is enough. */
const MAX_SIGNERS = 4;
/** A document older than this is fetched again while its server's keys are in use. */
const REFRESH_MS = 10 * 60_000;

interface ChainLink {
  readonly name: KeyName;
  readonly entry: KeyEntry;
  readonly listed: boolean;
  readonly word: HeldEntry["word"];
}

interface Standing {
  readonly chain: readonly ChainLink[];
  /** By `keyNameText`. */
  readonly revoked: ReadonlyMap<string, { readonly reason: string }>;
  readonly untilMs: number;
}

/** Key entries of all servers. PROTOCOL.md 8. */
export class StoredKeyRing implements KeyRing {
  readonly #deps: KeyRingDeps;
  readonly #gate: FetchGate;
  readonly #residents: ResidentDesk;
  readonly #older: OlderEntries;
  readonly #held = new Map<string, HeldEntry>();
  readonly #standings = new Map<string, Standing>();
  /** When each server's document was last fetched, monotonic ms. */
  readonly #fetchedMs = new Map<ServerName, number>();
  /** Servers whose documents are full: they list the newest entries alone. */
  readonly #full = new Map<ServerName, true>();

  constructor(deps: KeyRingDeps) {
    this.#deps = deps;
    this.#gate = new FetchGate(deps, FETCHES);
    this.#residents = new ResidentDesk(deps);
    this.#older = new OlderEntries({
      clock: deps.clock,
      log: deps.log,
      fetch: async (server, keyIds) =>
        await this.#checkExcerpt(server, await deps.fetchExcerpt(server, keyIds)),
      unlisted: (server, keyIds) => this.#unlisted(server, keyIds),
      keep: (excerpt) => this.#keepExcerpt(excerpt),
    });
  }

  async find(
    names: readonly KeyName[],
    { past = false }: { readonly past?: boolean } = {},
  ): Promise<ReadonlyMap<string, KeyEntry>> {
    const held = await this.#load(names);
    return new Map(
      [...held].flatMap(([name, { entry, word }]) =>
        past || word === undefined ? [[name, entry]] : []
      ),
    );
  }

  async obtain(
    names: readonly KeyName[],
    hints: KeyHints = {},
  ): Promise<ReadonlyMap<string, KeyEntry>> {
    const past = hints.past === true || hints.residents !== undefined;
    let missing = await this.#missing(names, past);
    if (hints.proofs !== undefined) {
      const proofs = readProofs(hints.proofs);
      if (missing.length > 0) missing = await this.#accept(missing, proofs);
      await this.#learnVouchers(names, proofs);
    }
    if (missing.length > 0) missing = await this.#fetchAll(missing, { ...hints, past });
    for (const asked of (hints.ask ?? []).slice(0, MAX_ASKED)) {
      if (missing.length === 0) break;
      missing = await this.#ask(asked, missing);
    }
    const found = await this.find(names, { past });
    if (missing.length === 0 || hints.residents === undefined) return found;
    return new Map([...found, ...await this.#takeOnWord(missing, hints.residents)]);
  }

  async refusal(name: KeyName, nowMs: number): Promise<string | undefined> {
    const held = (await this.#load([name])).get(keyNameText(name));
    if (held === undefined) return `the key ${name.keyId} of ${name.server} is not known`;
    if (name.server === this.#deps.self) return judge(await this.#standingOf(name), nowMs);
    // Not waited for: a server that is away must not hold up who is here.
    const refreshed = this.#refresh(name.server).catch((error) =>
      this.#deps.log.log("error", "A server's keys could not be refreshed.", { error })
    );
    const refusal = judge(await this.#standingOf(name), nowMs);
    if (refusal === undefined || held.listed) return refusal;
    await refreshed;
    await this.#fetchWanted(name.server, [name]);
    return judge(await this.#standingOf(name), nowMs);
  }

  async proofs(names: readonly KeyName[]): Promise<readonly KeyProof[]> {
    const { maxKeysPerAnswer } = limits.federation;
    const given = new Map<string, KeyProof>();
    let wanted = names;
    // With their vouchers: whoever was away for some weeks holds none of the newest.
    for (let depth = 0; depth <= VOUCHERS_GIVEN && wanted.length > 0; depth++) {
      const vouchers: KeyName[] = [];
      for (const [text, { entry, voucher }] of await this.#load(wanted)) {
        if (given.size >= maxKeysPerAnswer) break;
        given.set(text, {
          entry: { ...entry },
          vouched_by: voucher?.keyId ?? null,
          voucher_signature: voucher?.signature ?? null,
        });
        if (voucher === undefined) continue;
        const by = { server: entry.server, keyId: voucher.keyId };
        if (!given.has(keyNameText(by))) vouchers.push(by);
      }
      wanted = vouchers;
    }
    return [...given.values()];
  }

  isSilent(server: ServerName): boolean {
    return this.#gate.isSilent(server);
  }

  async words(names: readonly KeyName[]): Promise<readonly KeyWord[]> {
    const { store, self } = this.#deps;
    const held = await store.find(names);
    const asOf = new Map<ServerName, number | undefined>();
    const words: KeyWord[] = [];
    for (const name of names) {
      const { server, keyId } = name;
      const entry = held.get(keyNameText(name));
      if (entry !== undefined && entry.word?.deniedTs === undefined) {
        words.push({ server, key_id: keyId, word: entry.word === undefined ? "own" : "heard" });
        continue;
      }
      if (!asOf.has(server)) {
        const document = server === self ? undefined : await store.readDocument(server);
        asOf.set(server, server === self ? this.#deps.clock.now() : document?.fetchedTs);
      }
      const fetchedTs = asOf.get(server);
      words.push({
        server,
        key_id: keyId,
        word: "none",
        ...(fetchedTs === undefined ? {} : { as_of: fetchedTs }),
      });
    }
    return words;
  }

  /** Asks servers anew whose keys rest on the word of others: they may be back. */
  async reviewWords(): Promise<void> {
    const servers = await this.#deps.store.serversOnWord(MAX_REVIEWED);
    await Promise.all(servers.map((server) => this.#fetch(server, [])));
  }

  /**
   * Entries of servers that do not answer, on the word of others of the room. A server that
   * answers, or did lately, is the only one to speak for itself; what its document said of its
   * time stands for good. PROTOCOL.md 8.
   */
  async #takeOnWord(
    names: readonly KeyName[],
    residentsOf: () => Promise<Residents>,
  ): Promise<Map<string, KeyEntry>> {
    const silent = [...new Set(names.map(({ server }) => server))]
      .filter((server) => server !== this.#deps.self && this.#gate.isSilent(server));
    if (silent.length === 0) return new Map();
    const residents = await residentsOf();
    const present = residents.servers.filter((server) => !this.#gate.isSilent(server));
    const answers = await Promise.all(silent.map(async (server) => {
      const spokeTs = (await this.#deps.store.readDocument(server))?.fetchedTs ?? 0;
      if (this.#deps.clock.now() - spokeTs < limits.keys.wordAfterMs) return [];
      const wanted = names.filter((name) => name.server === server);
      const taken = await this.#residents.ask(wanted, { ...residents, servers: present }, {
        missing: (batch) => this.#missing(batch, true),
        keep: async (found) => {
          const good = new Map([...found].filter(([, { entry }]) => entry.valid_from > spokeTs));
          if (residents.forNow !== true) await this.#keepOnWord(good);
          return good;
        },
      });
      return [...taken].map(([text, { entry }]) => [text, entry] as const);
    }));
    // What another question has brought meanwhile is held.
    return new Map([...await this.find(names, { past: true }), ...answers.flat()]);
  }

  async #keepOnWord(taken: ReadonlyMap<string, Taken>): Promise<void> {
    const { store, clock, log } = this.#deps;
    for (const [text, { entry, of }] of taken) {
      const word = { of, takenTs: clock.now() };
      await store.add([{ entry, voucher: undefined, listed: false, word }], clock.now());
      this.#held.delete(text);
      this.#standings.delete(text);
      log.log("warn", "The key of a server that does not answer is taken on others' word.", {
        server: entry.server,
        key: keyIdOf(entry),
        word_of: of,
      });
    }
  }

  async #standingOf(name: KeyName): Promise<Standing> {
    const text = keyNameText(name);
    const nowMs = this.#deps.clock.monotonic();
    const known = this.#standings.get(text);
    if (known !== undefined && nowMs < known.untilMs) return known;
    const chain = await this.#chainToListed(name);
    const revoked = await this.#deps.store.findRevoked(chain.map((held) => held.name));
    const standing = { chain, revoked, untilMs: nowMs + STANDING_MS };
    putNewest(this.#standings, { key: text, value: standing, max: MAX_HELD });
    return standing;
  }

  /** The key and, where its server never listed it, its vouchers up to one that is listed. */
  async #chainToListed(name: KeyName): Promise<ChainLink[]> {
    const chain: ChainLink[] = [];
    for (let at: KeyName | undefined = name; at !== undefined && chain.length < MAX_CHAIN;) {
      const held: HeldEntry | undefined = (await this.#load([at])).get(keyNameText(at));
      if (held === undefined) break;
      const listed: boolean = held.listed || at.server === this.#deps.self;
      chain.push({ name: at, entry: held.entry, listed, word: held.word });
      at = listed || held.voucher === undefined
        ? undefined
        : { server: at.server, keyId: held.voucher.keyId };
    }
    return chain;
  }

  async #load(names: readonly KeyName[]): Promise<Map<string, HeldEntry>> {
    const found = new Map<string, HeldEntry>();
    const unread: KeyName[] = [];
    for (const name of names) {
      const held = this.#held.get(keyNameText(name));
      if (held === undefined) unread.push(name);
      else found.set(keyNameText(name), held);
    }
    if (unread.length > 0) {
      for (const [text, held] of await this.#deps.store.find(unread)) {
        putNewest(this.#held, { key: text, value: held, max: MAX_HELD });
        found.set(text, held);
      }
    }
    return found;
  }

  async #missing(names: readonly KeyName[], past = false): Promise<KeyName[]> {
    const held = await this.find(names, { past });
    return names.filter((name) => !held.has(keyNameText(name)));
  }

  /** What needs nobody's word. */
  async #loadOwn(names: readonly KeyName[]): Promise<Map<string, HeldEntry>> {
    return new Map([...await this.#load(names)].filter(([, { word }]) => word === undefined));
  }

  /** Takes what proofs show; answers what is still missing. */
  async #accept(
    names: readonly KeyName[],
    proofs: ReadonlyMap<string, HeldEntry>,
  ): Promise<KeyName[]> {
    const { store, verifier, clock } = this.#deps;
    const missing: KeyName[] = [];
    for (const name of names) {
      const chain = chainOf(name, proofs);
      const held = await this.#loadOwn(chain);
      const accepted = await acceptChain(chain, { held, proofs, verifier });
      if (accepted.length > 0) {
        await store.add(accepted, clock.now());
        // What rested on the word of others rests on it no more.
        for (const { entry } of accepted) this.#held.delete(textOf(entry));
      } else if (!held.has(keyNameText(name))) missing.push(name);
    }
    return missing;
  }

  /** An entry that was fetched came without its voucher, which others may need. */
  async #learnVouchers(
    names: readonly KeyName[],
    proofs: ReadonlyMap<string, HeldEntry>,
  ): Promise<void> {
    const { store, verifier, clock } = this.#deps;
    for (const [text, { entry, voucher }] of await this.#load(names)) {
      const proof = proofs.get(text);
      if (voucher !== undefined || proof?.voucher === undefined) continue;
      const by = { server: entry.server, keyId: proof.voucher.keyId };
      const known = (await this.#loadOwn([by])).get(keyNameText(by))?.entry;
      const { signature } = proof.voucher;
      if (known === undefined || !await isVouchedFor(entry, { known, signature, verifier })) {
        continue;
      }
      await store.add([proof], clock.now());
      this.#held.delete(text);
    }
  }

  async #fetchAll(
    names: readonly KeyName[],
    { past = false, knocks }: KeyHints,
  ): Promise<KeyName[]> {
    const servers = new Set(names.map(({ server }) => server));
    servers.delete(this.#deps.self);
    await Promise.all([...servers].map((server) => {
      const wanted = names.filter((name) => name.server === server);
      return this.#fetchWanted(server, wanted, knocks);
    }));
    return await this.#missing(names, past);
  }

  /** By the server's document and, where that is full, by asking for what it leaves out. */
  async #fetchWanted(
    server: ServerName,
    wanted: readonly KeyName[],
    knocks?: boolean,
  ): Promise<void> {
    await this.#fetch(server, wanted, knocks);
    if (!this.#full.has(server) || this.#gate.isSilent(server)) return;
    const left = await this.#unlisted(server, wanted.map(({ keyId }) => keyId));
    if (left.length > 0) await this.#older.ask(server, left);
  }

  async #unlisted(server: ServerName, keyIds: readonly KeyId[]): Promise<readonly KeyId[]> {
    const held = await this.#load(keyIds.map((keyId) => ({ server, keyId })));
    return keyIds.filter((keyId) => held.get(keyNameText({ server, keyId }))?.listed !== true);
  }

  /** Fetches the server's document, unless that was lately in vain. */
  async #fetch(
    server: ServerName,
    wanted: readonly KeyName[],
    knocks?: boolean,
  ): Promise<void> {
    const known = await this.#deps.store.readDocument(server) !== undefined;
    await this.#gate.pass(server, {
      known,
      knocks,
      fetch: async () => {
        // A fetch that ended while this one came to the gate may have brought them.
        const isHeld = wanted.length > 0 && (await this.#missing(wanted)).length === 0;
        if (isHeld && wanted.every((name) => this.#isListed(name))) return "new";
        const listed = await this.#fetchDocument(server);
        if (listed === undefined) return "failed";
        const useful = wanted.length === 0 || wanted.some(({ keyId }) => listed.has(keyId));
        return useful ? "new" : "nothing_new" satisfies FetchEnd;
      },
    });
  }

  #isListed(name: KeyName): boolean {
    return this.#held.get(keyNameText(name))?.listed === true;
  }

  async #fetchDocument(server: ServerName): Promise<ReadonlySet<string> | undefined> {
    const { store, log, clock, fetchDocument } = this.#deps;
    try {
      const document = await this.#check(server, await fetchDocument(server));
      const good = document.keys.filter((entry) => keyWeakness(entry) === undefined);
      this.#tell(server, await store.storeDocument({ ...document, keys: good }, clock.now()));
      if (document.keys.length < limits.keys.maxEntriesInDocument) this.#full.delete(server);
      else putNewest(this.#full, { key: server, value: true, max: MAX_HELD });
      const ids = good.map((entry) => keyIdOf(entry));
      // What is in memory may not say yet that its server listed it.
      for (const keyId of ids) this.#held.delete(keyNameText({ server, keyId }));
      this.#standings.clear();
      putNewest(this.#fetchedMs, { key: server, value: clock.monotonic(), max: MAX_HELD });
      return new Set(ids);
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      log.log("info", "A server's keys could not be fetched.", {
        server,
        reason: error.message,
        kind: error.kind,
      });
      return undefined;
    }
  }

  #tell(server: ServerName, { confirmed, denied }: WordsJudged): void {
    const { log } = this.#deps;
    for (const keyId of denied) this.#held.delete(keyNameText({ server, keyId }));
    if (confirmed.length > 0) {
      log.log("info", "A server has confirmed keys that were taken on others' word.", {
        server,
        keys: confirmed,
      });
    }
    if (denied.length === 0) return;
    log.log(
      "error",
      "A server answers without keys that others said were its own: see openguild doctor.",
      { server, keys: denied },
    );
  }

  async #check(server: ServerName, bytes: Uint8Array): Promise<KeyDocument> {
    const { store, verifier, clock } = this.#deps;
    const document = readDocument(server, bytes);
    if (!await verifyKeyDocument(document, { verifier, nowMs: clock.now() })) {
      throw new TransportError(
        "bad_answer",
        `The key document of ${server} is not signed by a key that it lists and that is valid now.`,
      );
    }
    const held = await store.readDocument(server);
    if (held !== undefined && document.seq < held.seq) {
      throw new TransportError(
        "bad_answer",
        `The key document of ${server} is older (seq ${document.seq}) than the one known ` +
          `(seq ${held.seq}).`,
      );
    }
    return document;
  }

  /** Counts when signed by a key that the server's document lists, and that counts now. */
  async #checkExcerpt(server: ServerName, bytes: Uint8Array): Promise<KeyDocument> {
    const { verifier, clock } = this.#deps;
    const excerpt = readDocument(server, bytes);
    const nowMs = clock.now();
    const entries: KeyEntry[] = [];
    for (const text of Object.keys(excerpt.signatures).slice(0, MAX_SIGNERS)) {
      const keyId = parseSignatureName(text);
      if (keyId === undefined) continue;
      const name = { server, keyId };
      const held = (await this.#load([name])).get(keyNameText(name));
      if (held?.listed !== true) continue;
      if (judge(await this.#standingOf(name), nowMs) === undefined) entries.push(held.entry);
    }
    if (!await verifyKeyExcerpt(excerpt, { verifier, nowMs, entries })) {
      throw new TransportError(
        "bad_answer",
        `What ${server} answers for older keys is not signed by a key of its document.`,
      );
    }
    return excerpt;
  }

  async #keepExcerpt(excerpt: KeyDocument): Promise<void> {
    const { server } = excerpt;
    const keys = excerpt.keys.filter((entry) => keyWeakness(entry) === undefined);
    await this.#deps.store.addListed({ ...excerpt, keys }, this.#deps.clock.now());
    for (const entry of keys) this.#held.delete(keyNameText({ server, keyId: keyIdOf(entry) }));
    this.#standings.clear();
  }

  /** Learns of revocations: the document of a server whose keys are in use is kept fresh. */
  async #refresh(server: ServerName): Promise<void> {
    const fetchedMs = this.#fetchedMs.get(server);
    if (fetchedMs !== undefined && this.#deps.clock.monotonic() - fetchedMs < REFRESH_MS) return;
    await this.#fetch(server, []);
  }

  async #ask(asked: ServerName, names: readonly KeyName[]): Promise<KeyName[]> {
    const proofs = new Map<string, HeldEntry>();
    let wanted = names;
    for (let round = 0; round < MAX_ROUNDS && wanted.length > 0; round++) {
      try {
        const { keys } = await this.#deps.askKeys(asked, wanted);
        for (const [name, proof] of readProofs(keys)) proofs.set(name, proof);
      } catch (error) {
        if (!(error instanceof TransportError)) throw error;
        break;
      }
      const ends = names.flatMap((name) => chainOf(name, proofs).slice(-1));
      const unknown = (await this.#missing(ends)).filter((name) =>
        !proofs.has(keyNameText(name)) && !wanted.some(({ keyId }) => keyId === name.keyId)
      );
      wanted = unknown.slice(0, limits.federation.maxIdsPerRequest);
    }
    return await this.#accept(names, proofs);
  }
}

/**
 * Revoked, retired, or resting on nothing but the word of a key that is: an entry that its
 * server's document never listed counts for what is new only while the listed key at the
 * beginning of its chain does. PROTOCOL.md 8.
 */
function judge({ chain, revoked }: Standing, nowMs: number): string | undefined {
  for (const { name, entry } of chain) {
    const revocation = revoked.get(keyNameText(name));
    if (revocation !== undefined) {
      return `the key ${name.keyId} of ${name.server} is revoked: ${revocation.reason}`;
    }
    if (isRetired(entry, nowMs)) return `the key ${name.keyId} of ${name.server} is retired`;
  }
  const last = chain.at(-1);
  if (last?.listed === true) return undefined;
  return last?.word === undefined
    ? "its server never listed the key"
    : `only ${
      last.word.of.join(", ")
    } say that the key ${last.name.keyId} is of ${last.name.server}`;
}

function textOf(entry: KeyEntry): string {
  return keyNameText({ server: entry.server, keyId: keyIdOf(entry) });
}
