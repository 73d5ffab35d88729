const BLOB_KEY = /^[0-9A-Za-z_-]+(?:\/[0-9A-Za-z_-]+)*$/;
const BLOB_KEY_MAX_LENGTH = 200;

/**
 * The one grammar of blob keys, for every store: no dot, no empty segment, no leading or
 * trailing slash, so that a key can never name a place outside its store.
 */
export function isBlobKey(key: string): boolean {
  return key.length <= BLOB_KEY_MAX_LENGTH && BLOB_KEY.test(key);
}

/** Throws on a key outside the grammar: keys are made by us, so this is a fault of ours. */
export function assertBlobKey(key: string): void {
  if (!isBlobKey(key)) throw new TypeError(`bad blob key ${JSON.stringify(key)}`);
}
