import { hash } from "node:crypto";
import { base64urlnopad } from "@scure/base";
import type { Rng } from "../../../core/ports/rng.ts";

/**
 * What a secret is for, as its prefix: people and scanners see what leaked, and a token of
 * one kind is never looked up as another.
 */
export const SECRET_PREFIX = {
  access: "oga_",
  refresh: "ogr_",
  cookie: "ogc_",
  link: "ogl_",
} as const;
export type SecretKind = keyof typeof SECRET_PREFIX;

const SECRET_BYTES = 32;
const BODY = /^[A-Za-z0-9_-]{43}$/;

export interface Secret {
  /** Given out once, never stored. */
  readonly text: string;
  /** What is stored. */
  readonly hash: Uint8Array;
}

/** 32 random bytes. */
export function newSecret(rng: Rng, kind: SecretKind): Secret {
  const text = SECRET_PREFIX[kind] + base64urlnopad.encode(rng.bytes(SECRET_BYTES));
  return { text, hash: hashSecret(text) };
}

/** The stored form of a presented secret; undefined unless it has the shape of its kind. */
export function hashPresented(text: string, kind: SecretKind): Uint8Array | undefined {
  const prefix = SECRET_PREFIX[kind];
  if (!text.startsWith(prefix) || !BODY.test(text.slice(prefix.length))) return undefined;
  return hashSecret(text);
}

/** SHA-256 suffices: there is nothing to guess in 256 random bits. */
function hashSecret(text: string): Uint8Array {
  return new Uint8Array(hash("sha256", text, "buffer"));
}

/** A short random code for people to pass on: 16 Crockford base32 digits, 80 bits. */
export function newCode(rng: Rng): string {
  let code = "";
  for (const byte of rng.bytes(16)) code += CODE_ALPHABET[byte & 31];
  return code;
}
const CODE_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
