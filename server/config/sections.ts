import type { SectionValues } from "./section.ts";
import { accountsSection } from "./sections/accounts.ts";
import { blobsSection } from "./sections/blobs.ts";
import { busSection } from "./sections/bus.ts";
import { databaseSection } from "./sections/database.ts";
import { encryptionSection } from "./sections/encryption.ts";
import { federationSection } from "./sections/federation.ts";
import { limitsSection } from "./sections/limits.ts";
import { listenSection } from "./sections/listen.ts";
import { logSection } from "./sections/log.ts";
import { mailSection } from "./sections/mail.ts";
import { mediaSection } from "./sections/media.ts";
import { metricsSection } from "./sections/metrics.ts";
import { oidcSection } from "./sections/oidc.ts";
import { previewsSection } from "./sections/previews.ts";
import { pushSection } from "./sections/push.ts";
import { searchSection } from "./sections/search.ts";
import { serverSection } from "./sections/server.ts";
import { tlsSection } from "./sections/tls.ts";
import { voiceSection } from "./sections/voice.ts";

/** Every section, in the order of the documents. */
export const SECTIONS = {
  server: serverSection,
  listen: listenSection,
  tls: tlsSection,
  database: databaseSection,
  bus: busSection,
  blobs: blobsSection,
  media: mediaSection,
  accounts: accountsSection,
  mail: mailSection,
  oidc: oidcSection,
  encryption: encryptionSection,
  federation: federationSection,
  voice: voiceSection,
  push: pushSection,
  previews: previewsSection,
  search: searchSection,
  limits: limitsSection,
  metrics: metricsSection,
  log: logSection,
} as const;

export type ConfigValues = {
  readonly [K in keyof typeof SECTIONS]: SectionValues<(typeof SECTIONS)[K]>;
};
