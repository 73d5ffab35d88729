import acme from "acme-client";
import { Agent } from "node:https";
import { join } from "node:path";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import {
  type Certificate,
  type CertificateSource,
  readCertificate,
  TlsError,
} from "./certificate.ts";
import type { Challenges } from "./challenges.ts";
import { readPair } from "./file_certificate.ts";

export interface AcmeSettings {
  /** The names of the certificate, the first one its main name. */
  readonly names: readonly string[];
  readonly directoryUrl: string;
  readonly email: string | undefined;
  /** PEM of a private authority's own certificate. */
  readonly authorityPem: string | undefined;
  /** Holds the account's key and the certificate, mode 0700. */
  readonly folder: string;
}

export interface AcmeDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Served on port 80 by whoever opened it. */
  readonly challenges: Challenges;
}

/** The authority that is asked where no other is set. */
export const DEFAULT_DIRECTORY: string = acme.directory.letsencrypt.production;
/** A certificate is renewed when this part of its life is left. */
const RENEW_AT_LEFT = 1 / 3;
const RETRY_MS = 60 * 60 * 1000;
const LOOK_EVERY_MS = 12 * 60 * 60 * 1000;

/**
 * A certificate from an ACME authority (RFC 8555, HTTP-01), kept in the data folder and renewed
 * while the server runs. Only the very first one must be had before the server can start.
 */
export async function openAcmeCertificate(
  settings: AcmeSettings,
  deps: AcmeDeps,
): Promise<CertificateSource> {
  await Deno.mkdir(settings.folder, { recursive: true, mode: 0o700 });
  const stopping = new AbortController();
  const takers: ((certificate: Certificate) => void)[] = [];
  const stored = await readStored(settings, deps.clock.now());
  let current = stored ?? await order(settings, deps);
  const renewing = renew();

  async function renew(): Promise<void> {
    let waitMs = untilRenewal(current, deps.clock.now());
    for (;;) {
      try {
        await deps.clock.sleep(Math.min(waitMs, LOOK_EVERY_MS), stopping.signal);
      } catch {
        return;
      }
      waitMs = untilRenewal(current, deps.clock.now());
      if (waitMs > 0) continue;
      try {
        current = await order(settings, deps);
        for (const take of takers) take(current);
        waitMs = untilRenewal(current, deps.clock.now());
      } catch (error) {
        deps.log.log("error", "The certificate could not be renewed; the next try is in an hour.", {
          error,
          valid_until: new Date(readCertificate(current.cert).validUntilTs).toISOString(),
        });
        waitMs = RETRY_MS;
        await deps.clock.sleep(RETRY_MS, stopping.signal).catch(() => {});
      }
    }
  }

  return {
    get current() {
      return current;
    },
    onChange: (take) => void takers.push(take),
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await renewing;
    },
  };
}

function untilRenewal(certificate: Certificate, nowMs: number): number {
  const { validFromTs, validUntilTs } = readCertificate(certificate.cert);
  return Math.max(0, validUntilTs - (validUntilTs - validFromTs) * RENEW_AT_LEFT - nowMs);
}

/** What an earlier run was given, if it is whole, for these names and still good. */
async function readStored(
  settings: AcmeSettings,
  nowMs: number,
): Promise<Certificate | undefined> {
  try {
    const pair = await readPair({
      certPath: join(settings.folder, "cert.pem"),
      keyPath: join(settings.folder, "key.pem"),
    });
    const facts = readCertificate(pair.cert);
    return facts.validUntilTs > nowMs && settings.names.every(facts.covers) ? pair : undefined;
  } catch (error) {
    if (error instanceof TlsError) return undefined;
    throw error;
  }
}

async function order(settings: AcmeSettings, deps: AcmeDeps): Promise<Certificate> {
  deps.log.log("info", "Fetching a certificate.", {
    names: settings.names.join(", "),
    authority: settings.directoryUrl,
  });
  prepareClient(settings);
  try {
    const client = new acme.Client({
      directoryUrl: settings.directoryUrl,
      accountKey: await accountKey(settings),
    });
    const [key, csr] = await acme.crypto.createCsr(
      { commonName: settings.names[0] ?? "", altNames: [...settings.names] },
      await acme.crypto.createPrivateEcdsaKey(),
    );
    const cert = await client.auto({
      csr,
      ...(settings.email === undefined ? {} : { email: settings.email }),
      termsOfServiceAgreed: true,
      challengePriority: ["http-01"],
      // The authority looks from outside, where the name may lead elsewhere than it does here.
      skipChallengeVerification: true,
      challengeCreateFn: (_authorization, challenge, answer) =>
        Promise.resolve(deps.challenges.set(challenge.token, answer)),
      challengeRemoveFn: (_authorization, challenge) =>
        Promise.resolve(deps.challenges.delete(challenge.token)),
    });
    const certificate = { cert, key: key.toString() };
    await store(settings.folder, certificate);
    return certificate;
  } catch (cause) {
    throw new TlsError(
      `No certificate for ${settings.names.join(", ")} could be had from ` +
        `${settings.directoryUrl}: ${cause instanceof Error ? cause.message : String(cause)}. ` +
        `Does each name lead to this machine, and does its port 80 reach this server?`,
      { cause },
    );
  }
}

/** The library keeps these for all its clients; a server has one. */
function prepareClient(settings: AcmeSettings): void {
  const { defaults } = acme.axios;
  // Its own five tries take over a minute; the next one is ours to time.
  Object.assign(defaults, { acmeSettings: { retryMaxAttempts: 1, retryDefaultDelay: 1 } });
  if (settings.authorityPem !== undefined) {
    defaults.httpsAgent = new Agent({ ca: settings.authorityPem });
  }
}

async function accountKey(settings: AcmeSettings): Promise<string> {
  const path = join(settings.folder, "account.pem");
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const key = (await acme.crypto.createPrivateEcdsaKey()).toString();
  await Deno.writeTextFile(path, key, { mode: 0o600, createNew: true });
  return key;
}

/** The key first: a certificate without its key would be of no use after a crash between. */
async function store(folder: string, certificate: Certificate): Promise<void> {
  for (
    const [name, text] of [["key.pem", certificate.key], ["cert.pem", certificate.cert]] as const
  ) {
    const partial = join(folder, `${name}.part`);
    await Deno.writeTextFile(partial, text, { mode: 0o600 });
    await Deno.rename(partial, join(folder, name));
  }
}
