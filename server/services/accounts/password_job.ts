/** What the password worker is asked; passwords are NFC already. */
export type PasswordJob =
  | { readonly kind: "hash"; readonly password: string; readonly salt: Uint8Array }
  | { readonly kind: "verify"; readonly password: string; readonly encoded: string }
  | { readonly kind: "strength"; readonly password: string; readonly about: readonly string[] };

export interface Strength {
  /** 0 (guessed at once) to 4, as zxcvbn counts. */
  readonly score: number;
  /** The whole password stands in the list of common ones. */
  readonly common: boolean;
  /** Sentences for the person, what is wrong first. */
  readonly advice: readonly string[];
}

export type PasswordAnswer =
  | { readonly ok: true; readonly value: string | boolean | Strength }
  | { readonly ok: false; readonly error: string };

/** Argon2id as RFC 9106 and OWASP state it for interactive logins. */
export const ARGON2 = { memoryKib: 19_456, iterations: 2, parallelism: 1, hashBytes: 32 } as const;
export const SALT_BYTES = 16;
/** zxcvbn's work grows faster than the length; what comes later only makes a password stronger. */
export const STRENGTH_CHARS = 64;
