/** The number of the one suite in use: X25519, AES-128-GCM, SHA-256, Ed25519. RFC 9420 17.1. */
export const SUITE = 1;
