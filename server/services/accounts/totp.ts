import { Secret, TOTP } from "otpauth";

/**
 * Codes of authenticator apps: RFC 6238 with what every app speaks, SHA-1, six digits, a new code
 * every thirty seconds.
 */
const STEP_S = 30;
const DIGITS = 6;
/** Steps of time that a clock may be ahead or behind. */
const SKEW_STEPS = 1;

/** RFC 4226 section 4 recommends 160 bits. */
export const TOTP_SECRET_BYTES = 20;

function totpOf(secret: Uint8Array, about: { issuer?: string; label?: string } = {}): TOTP {
  return new TOTP({
    ...about,
    secret: new Secret({ buffer: new Uint8Array(secret).buffer }),
    algorithm: "SHA1",
    digits: DIGITS,
    period: STEP_S,
  });
}

/** The step of time whose code this is, one step of skew allowed; undefined for a wrong code. */
export function stepOfCode(secret: Uint8Array, code: string, nowMs: number): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const delta = totpOf(secret).validate({ token: code, timestamp: nowMs, window: SKEW_STEPS });
  return delta === null ? undefined : Math.floor(nowMs / 1000 / STEP_S) + delta;
}

/** How an app takes the secret in: typed, or from a QR code. */
export function describeTotp(
  secret: Uint8Array,
  about: { readonly issuer: string; readonly label: string },
): { secret: string; uri: string } {
  const totp = totpOf(secret, about);
  return { secret: totp.secret.base32, uri: totp.toString() };
}
