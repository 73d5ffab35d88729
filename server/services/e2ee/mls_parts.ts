/**
 * What reads and checks MLS, loaded with the first encrypted room: with its library it takes some
 * 3 MB, which a server without such rooms does not need.
 */
export const mlsChecks = () => import("../../../core/mls/bundle.ts");

/** What only reads. */
export const mlsReaders = () => import("../../../core/mls/readers.ts");
