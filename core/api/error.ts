import { z } from "zod";

/** Every error code of the client API and the HTTP status it is answered with. */
export const ERROR_STATUS = {
  bad_json: 400,
  invalid: 400,
  weak_password: 400,
  bad_user_name: 400,
  /** The code of the second step of signing in is wrong, too old or was used. */
  bad_code: 400,
  /** The authenticator's answer does not prove the passkey: wrong, too late or used already. */
  bad_passkey: 400,
  /** The outside provider did not sign in, or its answer is of another visit. */
  bad_provider: 400,
  unauthorized: 401,
  token_expired: 401,
  bad_credentials: 401,
  /** The password was right; `details.challenge` goes to the second step with a code. */
  second_factor_required: 401,
  confirmation_required: 401,
  forbidden: 403,
  registration_closed: 403,
  account_locked: 403,
  /** A registration, not an account yet; `details.waiting_for` says what it waits for. */
  account_waiting: 403,
  account_suspended: 403,
  bad_origin: 403,
  not_found: 404,
  method_not_allowed: 405,
  timeout: 408,
  conflict: 409,
  name_taken: 409,
  /** The room takes only what is sealed for its devices, or this device must commit first. */
  encrypted_room: 409,
  /** Somebody else's change of the group came first; `details.commits` are the missing ones. */
  stale_epoch: 409,
  /** The commit does not make of the group what its members and their devices ask for. */
  roster_mismatch: 409,
  /** The call has as many participants as it may have. */
  voice_full: 409,
  gone: 410,
  too_large: 413,
  unsupported_media: 415,
  range: 416,
  rejected_by_scan: 422,
  limit_reached: 422,
  /** The group's rules forbid this change. */
  policy: 422,
  slow_mode: 429,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
  /** This server offers no calls, or not at this moment; the message says what to do. */
  voice_unavailable: 503,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** The one shape of every error answer. `message` is safe to show to a person. */
export const ErrorBody = z.object({
  error: z.object({
    code: z.enum(Object.keys(ERROR_STATUS) as [ErrorCode, ...ErrorCode[]]),
    message: z.string(),
    /** Which field failed, what it was, what to do; `retry_after_ms` on 429. */
    details: z.record(z.string(), z.unknown()).optional(),
    request_id: z.string(),
  }),
});
export type ErrorBody = z.infer<typeof ErrorBody>;
