import type { Answered, TransactionKey, TransactionStore } from "../../federation/handle/send.ts";

/** Transactions that were answered, as they outlive a process. */
export class MemoryTransactions implements TransactionStore {
  readonly #answered = new Map<string, Answered>();

  find({ origin, txnId }: TransactionKey): Promise<Answered | undefined> {
    return Promise.resolve(this.#answered.get(`${origin} ${txnId}`));
  }

  keep({ origin, txnId }: TransactionKey, answered: Answered): Promise<void> {
    this.#answered.set(`${origin} ${txnId}`, answered);
    return Promise.resolve();
  }
}
