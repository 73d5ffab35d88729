import type { Answered, TransactionKey, TransactionStore } from "../../federation/handle/send.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Sql } from "../postgres/sql.ts";

/** How long a transaction can be repeated. */
const KEPT_MS = 7 * 24 * 3_600_000;

/** Answered transactions in Postgres, so that a repetition after a restart finds its answer. */
export class StoredTransactions implements TransactionStore {
  readonly #sql: Sql;
  readonly #clock: Clock;

  constructor({ sql, clock }: { readonly sql: Sql; readonly clock: Clock }) {
    this.#sql = sql;
    this.#clock = clock;
  }

  async find({ origin, txnId }: TransactionKey): Promise<Answered | undefined> {
    const [row] = await this.#sql<{ body_hash: Uint8Array; answer: string }[]>`
      select body_hash, answer from inbound_transactions
      where origin = ${origin} and txn_id = ${txnId}`;
    if (row === undefined) return undefined;
    const { results } = JSON.parse(row.answer) as Pick<Answered, "results">;
    return { bodyDigest: new Uint8Array(row.body_hash), results };
  }

  async keep({ origin, txnId }: TransactionKey, { bodyDigest, results }: Answered): Promise<void> {
    await this.#sql`
      insert into inbound_transactions (origin, txn_id, body_hash, received_ts, answer)
      values (${origin}, ${txnId}, ${bodyDigest}, ${this.#clock.now()}, ${
      JSON.stringify({ results })
    })
      on conflict do nothing`;
  }

  /** Forgets those that nobody repeats any more. */
  async sweep(): Promise<void> {
    await this.#sql`
      delete from inbound_transactions where received_ts < ${this.#clock.now() - KEPT_MS}`;
  }
}
