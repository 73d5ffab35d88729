import { join } from "node:path";
import type { BlobStore } from "../../../core/ports/blob_store.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { Log } from "../../../core/ports/log.ts";
import type { Rng } from "../../../core/ports/rng.ts";
import type { Sql } from "../../postgres/sql.ts";
import { queueNews } from "../mail/mail_queue.ts";
import { WorkLoop } from "../work_loop.ts";

const INTERVAL_MS = 30_000;
/** A process that says nothing for so long has ended: another one begins anew. */
const CLAIM_MS = 5 * 60_000;
/** One that could not be made so often never will be. */
const TRIES_MAX = 3;
/** A ready file is kept for so long. */
const KEPT_MS = 7 * 86_400_000;
/** Uploaded files go in until the whole is so large, in bytes. */
const EXPORT_BYTES_MAX = 4 * 1024 ** 3;

export interface ExportJobDeps {
  readonly sql: Sql;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  readonly serverName: string;
  /** An existing folder for the file on its way. */
  readonly spoolFolder: string;
  /** A mail may wait. */
  readonly wakeMail: () => void;
}

interface DueExport {
  readonly user_id: string;
  readonly blob_key: string;
  readonly tries: number;
}

/** The account gave the export up, or another process took it over. */
class Outdated extends Error {}

/** Makes what people ask to have of their data, one after another, and deletes what is over. */
export class ExportJobs implements AsyncDisposable {
  readonly #deps: ExportJobDeps;
  readonly #loop: WorkLoop;

  constructor(deps: ExportJobDeps) {
    this.#deps = deps;
    this.#loop = new WorkLoop(deps, {
      round: (signal) => this.#round(signal),
      intervalMs: INTERVAL_MS,
      trouble: "Exports could not be worked on; it is tried again.",
    });
  }

  wake(): void {
    this.#loop.wake();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#loop[Symbol.asyncDispose]();
  }

  async #round(signal: AbortSignal): Promise<void> {
    await this.#deleteOver();
    for (let due = await this.#claim(); due !== undefined; due = await this.#claim()) {
      await this.#carryOut(due, signal);
      if (signal.aborted) return;
    }
  }

  /** The blob goes first: a crash between the two leaves a row that is deleted again. */
  async #deleteOver(): Promise<void> {
    const { sql, blobs, clock } = this.#deps;
    const over = await sql<{ user_id: string; blob_key: string }[]>`
      select user_id, blob_key from data_exports where expires_ts <= ${clock.now()} limit 100`;
    for (const { user_id: userId, blob_key: key } of over) {
      await blobs.delete(key);
      await sql`delete from data_exports where user_id = ${userId} and blob_key = ${key}`;
    }
  }

  async #claim(): Promise<DueExport | undefined> {
    const { sql, clock } = this.#deps;
    const now = clock.now();
    const [due] = await sql<DueExport[]>`
      with due as (
        select user_id from data_exports
        where state = 'waiting' and claimed_until <= ${now} and expires_ts > ${now}
        order by created_ts limit 1 for update skip locked)
      update data_exports x set claimed_until = ${now + CLAIM_MS}, tries = x.tries + 1
      from due where x.user_id = due.user_id
      returning x.user_id, x.blob_key, x.tries`;
    return due;
  }

  async #carryOut(due: DueExport, signal: AbortSignal): Promise<void> {
    const { rng, spoolFolder } = this.#deps;
    const path = join(spoolFolder, `export-${rng.bytes(8).toHex()}.tar`);
    try {
      await this.#make(due, path, signal);
    } catch (error) {
      // A stop of the server is no failure: whoever starts next goes on.
      if (!signal.aborted && !(error instanceof Outdated)) await this.#failed(due, error);
    } finally {
      await Deno.remove(path).catch(() => {}); // It was never begun.
    }
  }

  async #make(due: DueExport, path: string, signal: AbortSignal): Promise<void> {
    const { sql, blobs, clock, serverName } = this.#deps;
    const { user_id: userId, blob_key: key, tries } = due;
    const { buildExport } = await import("./build_export.ts");
    const built = await buildExport(this.#deps, {
      userId,
      serverName,
      path,
      maxBytes: EXPORT_BYTES_MAX,
      signal,
      onProgress: async (done, total) => {
        const said = await sql`
          update data_exports set done = ${done}, total = ${total},
            claimed_until = ${clock.now() + CLAIM_MS}
          where user_id = ${userId} and blob_key = ${key} and tries = ${tries}
            and state = 'waiting' and expires_ts > ${clock.now()}`;
        if (said.count === 0) throw new Outdated("nobody waits for it any more");
      },
    });
    const { size } = await Deno.stat(path);
    const file = await Deno.open(path);
    await blobs.put(key, file.readable, size);
    const nowMs = clock.now();
    const kept = await sql`
      update data_exports set state = 'ready', bytes = ${size}, left_out = ${built.leftOut},
        expires_ts = ${nowMs + KEPT_MS}
      where user_id = ${userId} and blob_key = ${key} and tries = ${tries} and state = 'waiting'`;
    if (kept.count === 0) {
      await blobs.delete(key);
      return;
    }
    await queueNews(sql, { kind: "export_ready", userId, nowMs });
    this.#deps.wakeMail();
  }

  async #failed({ user_id, blob_key, tries }: DueExport, error: unknown): Promise<void> {
    const { sql, log } = this.#deps;
    log.log("error", "The export of somebody's data could not be made.", { tries, error });
    await sql`
      update data_exports set claimed_until = 0,
        state = ${tries >= TRIES_MAX ? "failed" : "waiting"}
      where user_id = ${user_id} and blob_key = ${blob_key} and tries = ${tries}
        and state = 'waiting'`;
  }
}
