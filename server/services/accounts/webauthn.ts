import type { AuthenticatorTransportFuture } from "@simplewebauthn/server";
import { type NewPasskey, type PasskeyAnswer, PASSKEYS } from "../../../core/api/passkeys.ts";
import { OperationError } from "../../../core/errors.ts";
import { isOwnMachine } from "../../../core/own_machine.ts";

/** Loaded with the first passkey: it takes some 15 MB and a tenth of a start's time. */
const webauthn = () => import("@simplewebauthn/server");

/** Where passkeys of this server work. */
export interface PasskeyPlace {
  /** The host that authenticators know them by. */
  readonly rpId: string;
  /** The one origin whose pages may use them. */
  readonly origin: string;
}

/** What is kept of a passkey to check its answers. */
export interface KeptPasskey {
  /** base64url */
  readonly credentialId: string;
  readonly publicKey: Uint8Array;
  readonly counter: number;
  readonly transports: readonly string[];
}

export interface MadePasskey extends KeptPasskey {
  readonly synced: boolean;
}

/**
 * WebAuthn binds keys to a host name, and browsers offer them in secure contexts alone: undefined
 * where the public URL is plain HTTP, but for localhost, or names a bare address.
 */
export function passkeyPlace(publicUrl: string): PasskeyPlace | undefined {
  const { protocol, hostname, origin } = new URL(publicUrl);
  if (protocol !== "https:" && !isOwnMachine(hostname)) return undefined;
  if (/^[\d.]+$/.test(hostname) || hostname.startsWith("[")) return undefined;
  return { rpId: hostname, origin };
}

/** @throws OperationError `unavailable` */
export function requirePlace(publicUrl: string): PasskeyPlace {
  const place = passkeyPlace(publicUrl);
  if (place !== undefined) return place;
  throw new OperationError(
    "unavailable",
    `This server can have no passkeys: its public address ${publicUrl} is not HTTPS with a name. ` +
      "Its administrator can set server.public_url.",
  );
}

/** What `navigator.credentials.create` is to be asked with. */
export async function registrationOptions(
  place: PasskeyPlace,
  input: {
    readonly serverName: string;
    readonly userName: string;
    readonly displayName: string;
    readonly userHandle: Uint8Array<ArrayBuffer>;
    readonly challenge: Uint8Array<ArrayBuffer>;
    readonly held: readonly KeptPasskey[];
  },
): Promise<Record<string, unknown>> {
  const { generateRegistrationOptions } = await webauthn();
  const options = await generateRegistrationOptions({
    rpName: input.serverName,
    rpID: place.rpId,
    userID: input.userHandle,
    userName: input.userName,
    userDisplayName: input.displayName,
    challenge: input.challenge,
    timeout: PASSKEYS.challengeMs,
    attestationType: "none",
    excludeCredentials: described(input.held),
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
  });
  return { ...options };
}

/** What `navigator.credentials.get` is to be asked with; no passkeys named: the user chooses. */
export async function authenticationOptions(
  place: PasskeyPlace,
  challenge: Uint8Array<ArrayBuffer>,
  held: readonly KeptPasskey[] = [],
): Promise<Record<string, unknown>> {
  const { generateAuthenticationOptions } = await webauthn();
  const options = await generateAuthenticationOptions({
    rpID: place.rpId,
    challenge,
    timeout: PASSKEYS.challengeMs,
    userVerification: "required",
    ...(held.length === 0 ? {} : { allowCredentials: described(held) }),
  });
  return { ...options };
}

/** The key that an authenticator has made for this challenge. @throws OperationError `bad_passkey` */
export async function checkNewPasskey(
  place: PasskeyPlace,
  challenge: string,
  passkey: NewPasskey,
): Promise<MadePasskey> {
  const { verifyRegistrationResponse } = await webauthn();
  const { transports = [], ...response } = passkey.response;
  const { verified, registrationInfo } = await judged(() =>
    verifyRegistrationResponse({
      response: { ...passkey, response, clientExtensionResults: {} },
      expectedChallenge: challenge,
      expectedOrigin: place.origin,
      expectedRPID: place.rpId,
      requireUserVerification: true,
    })
  );
  if (!verified || registrationInfo === undefined) throw badPasskey();
  const { credential, credentialBackedUp } = registrationInfo;
  return {
    credentialId: credential.id,
    publicKey: credential.publicKey,
    counter: credential.counter,
    transports,
    synced: credentialBackedUp,
  };
}

/**
 * The authenticator's count of signatures after this one. One that does not count up was copied:
 * it is refused (WebAuthn section 6.1.1).
 * @throws OperationError `bad_passkey`
 */
export async function checkAnswer(
  place: PasskeyPlace,
  challenge: string,
  { answer, kept }: { readonly answer: PasskeyAnswer; readonly kept: KeptPasskey },
): Promise<{ counter: number; synced: boolean }> {
  const { verifyAuthenticationResponse } = await webauthn();
  const { userHandle, ...response } = answer.response;
  const { verified, authenticationInfo } = await judged(() =>
    verifyAuthenticationResponse({
      response: {
        ...answer,
        response: typeof userHandle === "string" ? { ...response, userHandle } : response,
        clientExtensionResults: {},
      },
      expectedChallenge: challenge,
      expectedOrigin: place.origin,
      expectedRPID: place.rpId,
      credential: {
        id: kept.credentialId,
        publicKey: new Uint8Array(kept.publicKey),
        counter: kept.counter,
      },
      requireUserVerification: true,
    })
  );
  if (!verified) throw badPasskey();
  return {
    counter: authenticationInfo.newCounter,
    synced: authenticationInfo.credentialBackedUp,
  };
}

function described(held: readonly KeptPasskey[]) {
  return held.map(({ credentialId, transports }) => ({
    id: credentialId,
    transports: transports as AuthenticatorTransportFuture[],
  }));
}

/** The library throws what it finds wrong; its sentence stays in the log. */
async function judged<Result>(check: () => Promise<Result>): Promise<Result> {
  try {
    return await check();
  } catch (cause) {
    throw badPasskey(cause);
  }
}

export function badPasskey(cause?: unknown): OperationError {
  return new OperationError(
    "bad_passkey",
    "The passkey was not accepted: the answer came too late or was used already, or the passkey is " +
      "not, or no longer, one of this account and address. Try again.",
    cause === undefined ? {} : { cause },
  );
}
