import type { ConfigValues } from "./sections.ts";
import { Secret } from "./secret.ts";

/** An outside OpenID Connect provider, as configured. */
export interface OidcProvider {
  readonly id: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: Secret | undefined;
  /** What people read on its button. */
  readonly label: string;
  /** Its people need no invitation. */
  readonly admits: boolean;
  /** It may be at a private address, and without TLS. */
  readonly private: boolean;
}

type Values = Pick<ConfigValues, "oidc">;

const ID = /^[a-z0-9-]{1,32}$/;
/** Providers of one server. */
const PROVIDERS_MAX = 20;

/** The providers that can be used; see `oidcProblems` for the others. */
export function oidcProviders({ oidc }: Values): OidcProvider[] {
  const clients = byId(oidc.clients);
  const secrets = byId(oidc.clientSecrets?.reveal().split(",").map((each) => each.trim()) ?? []);
  const labels = byId(oidc.labels);
  return [...byId(oidc.providers)].flatMap(([id, issuer]) => {
    const clientId = clients.get(id);
    if (!ID.test(id) || clientId === undefined || !isIssuer(issuer)) return [];
    const clientSecret = secrets.get(id);
    return [{
      id,
      issuer,
      clientId,
      clientSecret: clientSecret === undefined ? undefined : new Secret(clientSecret),
      label: labels.get(id) ?? id,
      admits: oidc.admit.includes(id),
      private: oidc.private.includes(id),
    }];
  }).slice(0, PROVIDERS_MAX);
}

/** What is wrong with the providers, each line naming the entry and the way out. */
export function oidcProblems(values: Values): string[] {
  const { oidc } = values;
  const problems: string[] = [];
  for (const text of oidc.providers) {
    const [id, issuer] = split(text);
    if (!ID.test(id) || !isIssuer(issuer)) {
      problems.push(
        `oidc.providers: ${JSON.stringify(text)} is not an id and an issuer, such as ` +
          "work=https://sso.example.org",
      );
    } else if (!byId(oidc.clients).has(id)) {
      problems.push(`oidc.clients has no entry for ${id}: write ${id}=CLIENT_ID`);
    } else if (issuer.startsWith("http:") && !oidc.private.includes(id)) {
      problems.push(
        `oidc.providers: ${id} is not HTTPS; only those of oidc.private may do without`,
      );
    }
  }
  const known = byId(oidc.providers);
  if (known.size !== oidc.providers.length || known.size > PROVIDERS_MAX) {
    problems.push(`oidc.providers: each id once, and at most ${PROVIDERS_MAX} of them`);
  }
  const named = [...byId(oidc.clients).keys(), ...byId(oidc.labels).keys()];
  for (const id of [...named, ...oidc.admit, ...oidc.private]) {
    if (!known.has(id)) problems.push(`oidc: ${JSON.stringify(id)} is no id of oidc.providers`);
  }
  return problems;
}

function isIssuer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, search, hash } = new URL(text);
  return (protocol === "https:" || protocol === "http:") && search + hash === "";
}

function byId(entries: readonly string[]): Map<string, string> {
  return new Map(entries.map(split));
}

function split(text: string): [string, string] {
  const equals = text.indexOf("=");
  return equals < 0 ? [text, ""] : [text.slice(0, equals), text.slice(equals + 1)];
}
