import { assert } from "../../core/assert.ts";
import { type EventSigner } from "../../core/event/sign.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { encodePublicKey, type KeyEntry, keyIdOf, usable } from "../../core/keys/key_entry.ts";
import { planRotation } from "../../core/keys/plan_rotation.ts";
import { signKeyEntry } from "../../core/keys/sign_key_entry.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Rng } from "../../core/ports/rng.ts";
import type { Sql } from "../postgres/sql.ts";
import { importSeed } from "./ed25519.ts";
import { storeKeyEntry } from "./key_entries.ts";
import type { HeldKey, KeyFolder } from "./key_folder.ts";
import { bumpKeyDocument, readKeyEpoch } from "./key_epoch.ts";
import type { Signer } from "./signer.ts";

/** The database is asked at least so often whether a key was retired elsewhere. */
const RECHECK_MS = 60_000;
/** An idle server looks so often whether the next key is to be made. */
const JOB_EVERY_MS = 3_600_000;

interface LoadedKey extends HeldKey {
  readonly signer: EventSigner;
}

export interface LocalSignerDeps {
  readonly sql: Sql;
  readonly folder: KeyFolder;
  readonly serverName: ServerName;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  /** A key was made: the key document changed. */
  readonly onChange: () => void;
}

/**
 * Signs with keys of this process's own data folder, each known to all through the database.
 * Processes of one server share no private key: each has its own, all are in the key document,
 * and a stolen database or backup signs nothing. Keys rotate weekly, PROTOCOL.md 8.
 */
export class LocalSigner implements Signer {
  readonly #deps: LocalSignerDeps;
  readonly #imported = new Map<string, LoadedKey>();
  #current: { key: LoadedKey; untilMs: number } | undefined;
  #planning: Promise<LoadedKey> | undefined;

  constructor(deps: LocalSignerDeps) {
    this.#deps = deps;
  }

  async current(nowMs: number): Promise<EventSigner> {
    const held = this.#current;
    if (held !== undefined && nowMs < held.untilMs && usable(held.key.entry, nowMs)) {
      return held.key.signer;
    }
    let key = await this.#plan(nowMs);
    // A plan begun for another moment may have been joined.
    if (!usable(key.entry, nowMs)) key = await this.#plan(nowMs);
    assert(usable(key.entry, nowMs), `the key ${key.keyId} does not cover ${nowMs}`);
    return key.signer;
  }

  /** Asks the database anew at the next use: a key was retired. */
  recheck(): void {
    this.#current = undefined;
  }

  /** Makes each next key a day ahead, until the signal ends it. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        this.recheck();
        await this.current(this.#deps.clock.now());
      } catch (error) {
        this.#deps.log.log("error", "The signing keys could not be looked after.", { error });
      }
      await this.#deps.clock.sleep(JOB_EVERY_MS, signal).catch(() => {}); // aborted: the loop ends
    }
  }

  #plan(nowMs: number): Promise<LoadedKey> {
    this.#planning ??= this.#planNow(nowMs).finally(() => this.#planning = undefined);
    return this.#planning;
  }

  async #planNow(nowMs: number): Promise<LoadedKey> {
    const epoch = await readKeyEpoch(this.#deps.sql);
    const own = await this.#settleFolder(epoch, nowMs);
    const entries = own.map((key) => key.entry);
    let plan = planRotation(entries, { nowMs });
    if (plan.create !== undefined) {
      const voucher = own.find((key) => key.entry === plan.signWith);
      const made = await this.#make(plan.create, { epoch, voucher, nowMs });
      own.push(made);
      entries.push(made.entry);
      plan = planRotation(entries, { nowMs });
    }
    const chosen = own.find((key) => key.entry === plan.signWith);
    assert(chosen !== undefined, `no signing key covers ${nowMs}`);
    const key = this.#load(chosen);
    this.#current = {
      key,
      untilMs: Math.min(nowMs + RECHECK_MS, Math.max(plan.nextAt, nowMs + 1)),
    };
    return key;
  }

  /**
   * The folder's keys that may sign. Those of another epoch, or unknown to the database (it was
   * restored from before they were made), are registered so that others can still verify with
   * them, and their private halves are deleted.
   */
  async #settleFolder(epoch: string, nowMs: number): Promise<HeldKey[]> {
    const { folder, serverName, sql } = this.#deps;
    const held = await folder.list();
    const rows = await sql<{ key_id: string; epoch: string; retired: boolean }[]>`
      select key_id, epoch, retired_ts is not null as retired from signing_keys
      where key_id = any(${held.map((key) => key.keyId)})`;
    const known = new Map(rows.map((row) => [row.key_id, row]));
    const good: HeldKey[] = [];
    for (const key of held) {
      const row = known.get(key.keyId);
      const mine = key.entry.server === serverName;
      if (mine && row?.epoch === epoch && !row.retired && nowMs < key.entry.valid_until) {
        good.push(key);
        continue;
      }
      if (mine && row === undefined) await this.#register(key, { nowMs, retired: true });
      await folder.remove(key.keyId);
      this.#imported.delete(key.keyId);
    }
    return good;
  }

  async #make(
    window: { readonly validFrom: number; readonly validUntil: number },
    { epoch, voucher, nowMs }: { epoch: string; voucher: HeldKey | undefined; nowMs: number },
  ): Promise<HeldKey> {
    const { folder, serverName, rng, log } = this.#deps;
    const seed = rng.bytes(32);
    const { publicKey } = importSeed(seed);
    const entry: KeyEntry = {
      server: serverName,
      key: encodePublicKey(publicKey),
      valid_from: window.validFrom,
      valid_until: window.validUntil,
    };
    const key: HeldKey = { keyId: keyIdOf(entry), entry, epoch, seed };
    const voucherKey = voucher === undefined ? undefined : this.#load(voucher);
    const vouched = voucherKey === undefined ? undefined : {
      keyId: voucherKey.keyId,
      signature: await signKeyEntry(entry, voucherKey.signer),
    };
    // The file first: a row without its private half would promise what nobody can sign.
    await folder.add(key);
    await this.#register(key, { nowMs, retired: false, voucher: vouched });
    log.log("info", "A signing key was made.", {
      key_id: key.keyId,
      valid_from: entry.valid_from,
      valid_until: entry.valid_until,
    });
    this.#deps.onChange();
    return key;
  }

  async #register(
    key: HeldKey,
    options: {
      readonly nowMs: number;
      readonly retired: boolean;
      readonly voucher?: { keyId: HeldKey["keyId"]; signature: string } | undefined;
    },
  ): Promise<void> {
    const { sql, serverName, folder } = this.#deps;
    const { nowMs } = options;
    await sql.begin(async (tx) => {
      await storeKeyEntry(tx, key.entry, { nowMs, voucher: options.voucher });
      await tx`
        insert into signing_keys (key_id, server, epoch, holder, created_ts, retired_ts)
        values (${key.keyId}, ${serverName}, ${key.epoch}, ${folder.holder}, ${nowMs},
          ${options.retired ? nowMs : null})
        on conflict do nothing`;
      await bumpKeyDocument(tx, nowMs);
    });
  }

  #load(key: HeldKey): LoadedKey {
    let loaded = this.#imported.get(key.keyId);
    if (loaded === undefined) {
      const { publicKey, sign } = importSeed(key.seed);
      assert(
        encodePublicKey(publicKey) === key.entry.key,
        `the file of key ${key.keyId} holds another key`,
      );
      loaded = { ...key, signer: { keyId: key.keyId, sign } };
      this.#imported.set(key.keyId, loaded);
    }
    return loaded;
  }
}
