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
  challenge: "ogs_",
  flow: "ogf_",
  personal: "ogp_",
  webhook: "ogw_",
} as const;
export type SecretKind = keyof typeof SECRET_PREFIX;

const SECRET_BYTES = 32;
const SHAPES: Readonly<Record<SecretKind, RegExp>> = {
  access: /^oga_[A-Za-z0-9_-]{43}$/,
  refresh: /^ogr_[A-Za-z0-9_-]{43}$/,
  cookie: /^ogc_[A-Za-z0-9_-]{43}$/,
  link: /^ogl_[A-Za-z0-9_-]{43}$/,
  challenge: /^ogs_[A-Za-z0-9_-]{43}$/,
  flow: /^ogf_[A-Za-z0-9_-]{43}$/,
  personal: /^ogp_[A-Za-z0-9_-]{43}$/,
  webhook: /^ogw_[A-Za-z0-9_-]{43}$/,
};

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
  const hex = hexPresented(text, kind);
  return hex === undefined ? undefined : Uint8Array.fromHex(hex);
}

/** As `hashPresented`, in hex: what every request is looked up by. */
export function hexPresented(text: string, kind: SecretKind): string | undefined {
  return SHAPES[kind].test(text) ? hash("sha256", text, "hex") : undefined;
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
