import { getServer as operation } from "../../../core/api/account.ts";
import { isOwnMachine } from "../../../core/own_machine.ts";
import { hasAdministrator } from "../../services/accounts/one_time_link.ts";
import { readSettings } from "../../services/accounts/settings.ts";
import { passkeyPlace } from "../../services/accounts/webauthn.ts";
import { type Route, route } from "../route.ts";
import type { AccountHttpDeps } from "./account_http_deps.ts";

export function serverRoute(deps: AccountHttpDeps): Route {
  return route(operation, async () => {
    const [settings, administered] = await Promise.all([
      readSettings(deps),
      hasAdministrator(deps.sql),
    ]);
    return {
      name: deps.serverName,
      trial: deps.trial,
      version: deps.version,
      public_url: deps.publicUrl,
      login_providers: deps.oidc.providers.map(({ id, label }) => ({ id, label })),
      passkey_origin: passkeyPlace(deps.publicUrl)?.origin ?? null,
      public_url_local: isOwnMachine(new URL(deps.publicUrl).hostname),
      registration: {
        mode: settings.registration_mode,
        invite_links: settings.registration_mode === "open" ||
          (settings.registration_mode === "invite" && settings.invite_links_open_registration),
        approval: settings.registration_approval,
        email: settings.registration_email,
      },
      mail: deps.mail !== undefined,
      needs_first_administrator: !administered,
      source_url: deps.sourceUrl,
      abuse_contact: settings.abuse_contact,
      title: settings.server_title,
      description: settings.server_description,
      notice: settings.notice,
    };
  });
}
