import { defineSection } from "../section.ts";
import { list, secret } from "../setting.ts";

export const oidcSection = defineSection({
  name: "oidc",
  doc:
    "Signing in through outside OpenID Connect providers, such as Keycloak, Authentik or Authelia. Each has a short id of a-z, 0-9 and -, that stands in all of these settings; its redirect address is PUBLIC_URL/oidc/ID/callback.",
  settings: {
    providers: list({
      doc: "The providers, each id=ISSUER, such as work=https://sso.example.org/realms/main.",
    }),
    clients: list({ doc: "What this server is called there, each id=CLIENT_ID." }),
    clientSecrets: secret({
      doc:
        "The secrets of confidential clients, each id=SECRET, with commas between them. Without one the client is public: PKCE alone protects it.",
    }),
    labels: list({ doc: "What people read on the button, each id=NAME; the id without one." }),
    admit: list({
      doc:
        "Ids of providers whose people get an account here without an invitation, whatever accounts.registration says.",
    }),
    private: list({
      doc:
        "Ids of providers that may be at private addresses, and be spoken to without TLS. All others are reached at public addresses over TLS 1.3 alone.",
    }),
  },
});
