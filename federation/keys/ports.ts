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
  /** What is held already stays as it is. */
  add(entries: readonly HeldEntry[], nowMs: number): Promise<void>;
  /** Of this server's own keys too. By `keyNameText`. */
  findRevoked(names: readonly KeyName[]): Promise<ReadonlyMap<string, { reason: string }>>;
  readDocument(server: ServerName): Promise<HeldDocument | undefined>;
  /** Its entries as `listed`, its revocations, its `seq`: together or not at all. */
  storeDocument(document: KeyDocument, nowMs: number): Promise<void>;
}
