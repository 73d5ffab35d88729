import type { KeyProof } from "../../core/api/federation/shapes.ts";
import { StrictVerifier } from "../../core/event/verify.ts";
import type { KeyName } from "../../core/event/verify_event.ts";
import type { KeyId } from "../../core/ids/key_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { StoredKeyRing } from "../../federation/keys/key_ring.ts";
import type { KeysAnswer } from "../../federation/keys/resident_desk.ts";
import { TransportError } from "../../federation/ports.ts";
import { PostgresKeyStore } from "../../server/federation/key_store.ts";
import type { Sql } from "../../server/postgres/sql.ts";
import { silentLog } from "../../server/system/log.ts";
import { serverName, TEST_TS } from "./events.ts";
import type { FederatedServer } from "./federated.ts";
import { ManualClock } from "./parts.ts";

/** The key ring of one server, and what the network answers it. */
export interface KeyReader {
  readonly ring: StoredKeyRing;
  readonly clock: ManualClock;
  /** What a server answers for its keys; throws where it is away. */
  answer: (server: ServerName) => Promise<Uint8Array>;
  /** What a server answers for entries that its document lists no more. */
  excerpt: (server: ServerName, keyIds: readonly KeyId[]) => Promise<Uint8Array>;
  /** The ids of each such question. */
  readonly excerpts: (readonly KeyId[])[];
  /** What others answer who are asked. */
  ask: (of: ServerName, names: readonly KeyName[]) => Promise<readonly KeyProof[]>;
  /** What residents answer who are asked how they hold keys; by default as `ask`, without a word. */
  say: ((of: ServerName, names: readonly KeyName[]) => Promise<KeysAnswer>) | undefined;
  /** Documents asked for. */
  fetches: number;
}

export function openKeyReader(sql: Sql, clock = new ManualClock(TEST_TS)): KeyReader {
  const reader: KeyReader = {
    clock,
    fetches: 0,
    answer: () => Promise.reject(away()),
    excerpt: () => Promise.reject(away()),
    excerpts: [],
    ask: () => Promise.reject(away()),
    say: undefined,
    ring: new StoredKeyRing({
      self: serverName("reader.test"),
      store: new PostgresKeyStore(sql),
      verifier: new StrictVerifier(),
      clock,
      log: silentLog,
      fetchDocument: (server) => {
        reader.fetches++;
        return reader.answer(server);
      },
      fetchExcerpt: (server, keyIds) => {
        reader.excerpts.push(keyIds);
        return reader.excerpt(server, keyIds);
      },
      askKeys: async (of, names) =>
        await reader.say?.(of, names) ?? { keys: await reader.ask(of, names) },
    }),
  };
  return reader;
}

export function away(): TransportError {
  return new TransportError("unreachable", "It is away.");
}

/** What a server holds on the word of others, and since when its own server denies it (ms). */
export async function onWord({ parts }: FederatedServer) {
  return [
    ...await parts.database.sql<
      { server: ServerName; word_of: ServerName[]; denied_ts: number | null }[]
    >`select server, word_of, denied_ts from key_entries where word_of is not null`,
  ];
}
