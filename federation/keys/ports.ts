import type { KeyName } from "../../core/event/verify_event.ts";
import type { KeyId } from "../../core/ids/key_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { KeyDocument } from "../../core/keys/key_document.ts";
import type { KeyEntry } from "../../core/keys/key_entry.ts";

/** A key entry that this server holds, and why it counts. */
export interface HeldEntry {
  readonly entry: KeyEntry;
  /** An older key of the same server that signed the entry. */
  readonly voucher: { readonly keyId: KeyId; readonly signature: string } | undefined;
  /** A document of the server itself listed it: it needs no voucher. */
  readonly listed: boolean;
  /** Present: it rests on this alone, and counts for nothing that is new. */
  readonly word?: OthersWord;
}

/** On whose word the entry of a server that did not answer was taken. PROTOCOL.md 8. */
export interface OthersWord {
  readonly of: readonly ServerName[];
  readonly takenTs: number;
  /** Since when its server answers, and does not list it. */
  readonly deniedTs?: number;
}

/** What a key document says of entries that rested on the word of others. */
export interface WordsJudged {
  readonly confirmed: readonly KeyId[];
  /** Not listed, though the document is of their time; each is told once. */
  readonly denied: readonly KeyId[];
}

/** What is known of a server's key document. */
export interface HeldDocument {
  readonly seq: number;
  /** When it was last fetched, ms. */
  readonly fetchedTs: number;
}

/** Key entries for ever, documents as they are now. An entry never changes under its id. */
export interface KeyStore {
  /** By `keyNameText`. */
  find(names: readonly KeyName[]): Promise<ReadonlyMap<string, HeldEntry>>;
  /** What is held already stays as it is, but that what needs nobody's word rests on none. */
  add(entries: readonly HeldEntry[], nowMs: number): Promise<void>;
  /** Of this server's own keys too. By `keyNameText`. */
  findRevoked(names: readonly KeyName[]): Promise<ReadonlyMap<string, { reason: string }>>;
  readDocument(server: ServerName): Promise<HeldDocument | undefined>;
  /** Its entries as `listed`, its revocations, its `seq`: together or not at all. */
  storeDocument(document: KeyDocument, nowMs: number): Promise<WordsJudged>;
  /** An excerpt's entries as `listed`, and its revocations; the document stays as it is known. */
  addListed(excerpt: KeyDocument, nowMs: number): Promise<void>;
  /** Servers with entries that rest on the word of others and were not denied. */
  serversOnWord(limit: number): Promise<readonly ServerName[]>;
}
