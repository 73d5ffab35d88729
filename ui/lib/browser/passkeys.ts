import type { NewPasskey, PasskeyAnswer } from "../../../core/api/passkeys.ts";
import { ApiError } from "../api/request.ts";
import { t } from "../i18n/t.ts";
import { base64UrlOf, fromBase64Url } from "./base64url.ts";
import { reasonOf } from "./browser_api.ts";

/** What the server asks authenticators with: WebAuthn's JSON, bytes as base64url. */
type Question = Readonly<Record<string, unknown>>;

interface AskOptions {
  readonly mediation?: "conditional";
  readonly signal?: AbortSignal;
  /** Of WebAuthn, such as `prf`; the answers are in the credential's extension results. */
  readonly extensions?: AuthenticationExtensionsClientInputs;
}

/** Whether this browser has passkeys, for pages of this address. */
export function passkeysHere(): boolean {
  return isSecureContext && typeof PublicKeyCredential === "function";
}

/** Whether this browser offers passkeys among the names it fills in. */
export async function passkeysFilledIn(): Promise<boolean> {
  if (!passkeysHere()) return false;
  return await PublicKeyCredential.isConditionalMediationAvailable?.() ?? false;
}

/** Has an authenticator make a key. Throws what the browser throws. */
export async function createCredential(
  question: Question,
  { extensions }: Pick<AskOptions, "extensions"> = {},
): Promise<PublicKeyCredential> {
  const publicKey = readQuestion(question) as unknown as PublicKeyCredentialCreationOptions;
  if (extensions) publicKey.extensions = extensions;
  return await navigator.credentials.create({ publicKey }) as PublicKeyCredential;
}

/** Has an authenticator sign. Throws what the browser throws. */
export async function getCredential(
  question: Question,
  { extensions, ...how }: AskOptions = {},
): Promise<PublicKeyCredential> {
  const publicKey = readQuestion(question) as unknown as PublicKeyCredentialRequestOptions;
  if (extensions) publicKey.extensions = extensions;
  return await navigator.credentials.get({ publicKey, ...how }) as PublicKeyCredential;
}

/** What `addPasskey` takes. */
export function newPasskeyOf(credential: PublicKeyCredential): NewPasskey {
  const response = credential.response as AuthenticatorAttestationResponse;
  return {
    ...named(credential),
    response: {
      clientDataJSON: base64UrlOf(response.clientDataJSON),
      attestationObject: base64UrlOf(response.attestationObject),
      transports: response.getTransports?.() ?? [],
    },
  };
}

/** What signing in and confirming take. */
export function answerOf(credential: PublicKeyCredential): PasskeyAnswer {
  const response = credential.response as AuthenticatorAssertionResponse;
  return {
    ...named(credential),
    response: {
      clientDataJSON: base64UrlOf(response.clientDataJSON),
      authenticatorData: base64UrlOf(response.authenticatorData),
      signature: base64UrlOf(response.signature),
      userHandle: response.userHandle && base64UrlOf(response.userHandle),
    },
  };
}

/** Words for a person about why no passkey was made or used. */
export function passkeyReason(error: unknown): string {
  if (error instanceof ApiError) return reasonOf(error);
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "AbortError") return t("passkey.cancelled");
  if (name === "InvalidStateError") return t("passkey.known");
  return t("passkey.failed", { what: error instanceof Error ? error.message : String(error) });
}

function named({ id, rawId }: PublicKeyCredential) {
  return { id, rawId: base64UrlOf(rawId), type: "public-key" } as const;
}

/** The places of WebAuthn's options that are bytes; see `PublicKeyCredential.parse…FromJSON`. */
function readQuestion(question: Question): Record<string, unknown> {
  const { challenge, user, allowCredentials, excludeCredentials, ...rest } = question as
    & Question
    & {
      challenge: string;
      user?: { id: string };
      allowCredentials?: { id: string }[];
      excludeCredentials?: { id: string }[];
    };
  const withBytes = (list: { id: string }[]) =>
    list.map((each) => ({ ...each, id: fromBase64Url(each.id) }));
  return {
    ...rest,
    challenge: fromBase64Url(challenge),
    ...(user && { user: { ...user, id: fromBase64Url(user.id) } }),
    ...(allowCredentials && { allowCredentials: withBytes(allowCredentials) }),
    ...(excludeCredentials && { excludeCredentials: withBytes(excludeCredentials) }),
  };
}
