import type { ServerName } from "../../core/ids/server_name.ts";
import { limits } from "../../core/limits.ts";
import type { Sql } from "../postgres/sql.ts";

/**
 * Requests of other servers that were already answered, shared by all processes and kept over a
 * restart: a copy of a signed request is refused wherever it arrives. PROTOCOL.md 8.
 */
export class RequestNonces {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** True the first time within ten minutes. */
  async spend(origin: ServerName, nonce: string, nowMs: number): Promise<boolean> {
    const [fresh] = await this.#sql`
      insert into request_nonces (origin, nonce, seen_ts) values (${origin}, ${nonce}, ${nowMs})
      on conflict do nothing returning 1`;
    return fresh !== undefined;
  }

  /** Forgets what is older than ten minutes. */
  async sweep(nowMs: number): Promise<void> {
    await this.#sql`
      delete from request_nonces where seen_ts < ${nowMs - limits.transaction.nonceKeptMs}`;
  }
}
