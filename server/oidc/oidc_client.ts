import type { ClientAuth, Configuration, CustomFetch } from "openid-client";
import { createHash } from "node:crypto";
import { OperationError } from "../../core/errors.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { OidcProvider } from "../config/oidc_providers.ts";
import type { HttpClient } from "../federation/http_client.ts";

/** Largest answer of a provider, in bytes. */
const ANSWER_BYTES = 256 * 1024;
const ANSWER_MS = 10_000;
/** What a provider says of itself is believed so long. */
const KNOWN_MS = 3_600_000;

/** Loaded with the first visit: a server without providers has no use for it. */
const openid = () => import("openid-client");

/** What ties a visit to a provider to the browser that it began in. */
export interface Visit {
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  /** RFC 7636 */
  readonly verifier: string;
}

/** Whom a provider has signed in. */
export interface OidcPerson {
  readonly issuer: string;
  readonly subject: string;
  /** What people call them there. */
  readonly name: string | null;
  /** What they may like to be called here. */
  readonly userName: string | null;
}

/**
 * Speaks to the configured providers: the authorization code flow with PKCE, state and nonce.
 * Nothing is fetched but by the client that checks every address it dials.
 */
export class OidcClient {
  readonly #deps: { readonly http: HttpClient; readonly clock: Clock };
  readonly #known = new Map<string, { readonly config: Configuration; readonly untilMs: number }>();
  readonly providers: readonly OidcProvider[];

  constructor(
    deps: { readonly http: HttpClient; readonly clock: Clock },
    providers: readonly OidcProvider[],
  ) {
    this.#deps = deps;
    this.providers = providers;
  }

  /** @throws OperationError `not_found` */
  find(id: string): OidcProvider {
    const provider = this.providers.find((each) => each.id === id);
    if (provider !== undefined) return provider;
    throw new OperationError("not_found", `This server knows no provider ${JSON.stringify(id)}.`);
  }

  /** Where the browser goes to sign in there. @throws OperationError `unavailable` */
  async begin(provider: OidcProvider, visit: Visit): Promise<string> {
    const config = await this.#discover(provider);
    const { buildAuthorizationUrl } = await openid();
    return buildAuthorizationUrl(config, {
      redirect_uri: visit.redirectUri,
      scope: "openid profile",
      state: visit.state,
      nonce: visit.nonce,
      code_challenge: createHash("sha256").update(visit.verifier).digest("base64url"),
      code_challenge_method: "S256",
    }).href;
  }

  /**
   * Who came back, from the query of the redirect address.
   * @throws OperationError `bad_provider` for whatever does not fit the visit, `unavailable`
   */
  async finish(provider: OidcProvider, visit: Visit, query: string): Promise<OidcPerson> {
    const config = await this.#discover(provider);
    const { authorizationCodeGrant } = await openid();
    const url = new URL(visit.redirectUri);
    url.search = query;
    try {
      const tokens = await authorizationCodeGrant(config, url, {
        pkceCodeVerifier: visit.verifier,
        expectedState: visit.state,
        expectedNonce: visit.nonce,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (claims === undefined) throw new Error("there is no ID token");
      const userName = textOf(claims["preferred_username"]);
      return {
        issuer: provider.issuer,
        subject: claims.sub,
        name: textOf(claims["name"]) ?? userName,
        userName,
      };
    } catch (cause) {
      throw new OperationError(
        "bad_provider",
        `${provider.label} did not sign you in: it refused, or its answer does not belong to this ` +
          "visit. Begin again.",
        { cause },
      );
    }
  }

  async #discover(provider: OidcProvider): Promise<Configuration> {
    const nowMs = this.#deps.clock.now();
    const known = this.#known.get(provider.id);
    if (known !== undefined && known.untilMs > nowMs) return known.config;
    const { allowInsecureRequests, customFetch, discovery } = await openid();
    const fetchThere: CustomFetch = (url, options) => this.#fetch(provider, url, options);
    try {
      const config = await discovery(
        new URL(provider.issuer),
        provider.clientId,
        undefined,
        await authOf(provider),
        {
          [customFetch]: fetchThere,
          execute: provider.private ? [allowInsecureRequests] : [],
          timeout: ANSWER_MS / 1000,
        },
      );
      this.#known.set(provider.id, { config, untilMs: nowMs + KNOWN_MS });
      return config;
    } catch (cause) {
      throw new OperationError(
        "unavailable",
        `${provider.label} cannot be reached at the moment. Try again, or sign in another way.`,
        { cause },
      );
    }
  }

  async #fetch(
    provider: OidcProvider,
    address: string,
    options: { method: string; headers: Record<string, string>; body?: unknown },
  ): Promise<Response> {
    const url = new URL(address);
    const scheme = url.protocol === "https:" ? "https" : "http";
    const answer = await this.#deps.http.send({
      scheme,
      host: url.hostname.replace(/^\[|\]$/g, ""),
      port: url.port === "" ? (scheme === "https" ? 443 : 80) : Number(url.port),
      named: provider.private,
    }, {
      method: options.method === "POST" ? "POST" : "GET",
      target: url.pathname + url.search,
      headers: options.headers,
      body: new TextEncoder().encode(options.body === undefined ? "" : String(options.body)),
      timeoutMs: ANSWER_MS,
    });
    const body = await answer.bytes(ANSWER_BYTES);
    const type = answer.header("content-type");
    return new Response(answer.status === 204 || answer.status === 304 ? null : body.slice(), {
      status: answer.status,
      headers: type === undefined ? {} : { "content-type": type },
    });
  }
}

/** By the header, as OpenID Connect has it by default, unless the provider takes the form alone. */
async function authOf({ clientSecret }: OidcProvider): Promise<ClientAuth> {
  const { ClientSecretBasic, ClientSecretPost, None } = await openid();
  if (clientSecret === undefined) return None();
  const basic = ClientSecretBasic(clientSecret.reveal());
  const post = ClientSecretPost(clientSecret.reveal());
  return (server, client, body, headers) => {
    const taken = server.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
    const auth = taken.includes("client_secret_basic") ? basic : post;
    return auth(server, client, body, headers);
  };
}

function textOf(claim: unknown): string | null {
  return typeof claim === "string" && claim.trim() !== "" ? claim.trim().slice(0, 200) : null;
}
