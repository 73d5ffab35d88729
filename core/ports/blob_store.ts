/** A stored object's size in bytes. */
export interface BlobInfo {
  readonly key: string;
  readonly size: number;
}

/** Inclusive byte range, as in an HTTP Range request. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Opaque bytes by key: a folder or an S3 bucket. Every adapter passes
 * `tests/contract/blob_store.ts`. Keys are `[0-9A-Za-z/_-]{1,200}`, no leading or
 * trailing slash, no empty segment.
 */
export interface BlobStore {
  /** Stores the whole stream or nothing; overwrites. Resolves once durable. */
  put(key: string, body: ReadableStream<Uint8Array>, size: number): Promise<void>;
  /** Absent is a value, not an error. */
  get(key: string, range?: ByteRange): Promise<ReadableStream<Uint8Array> | undefined>;
  head(key: string): Promise<BlobInfo | undefined>;
  /** Deleting what is absent succeeds. */
  delete(key: string): Promise<void>;
  /** All keys under a prefix, in no particular order. */
  list(prefix: string): AsyncIterable<BlobInfo>;
}
