import type { Clock } from "../../core/ports/clock.ts";
import type { Config } from "../config/config.ts";
import { oidcProviders } from "../config/oidc_providers.ts";
import { HttpClient } from "../federation/http_client.ts";
import { resolveHost } from "../federation/resolve_host.ts";
import { OidcClient } from "../oidc/oidc_client.ts";

/** The outside providers of the configuration, with a client that checks where it goes. */
export function composeOidc(
  config: Pick<Config, "oidc">,
  { clock }: { readonly clock: Clock },
  stack: AsyncDisposableStack,
): OidcClient {
  const http = stack.use(new HttpClient({ clock, resolveHost }));
  return new OidcClient({ http, clock }, oidcProviders(config));
}
