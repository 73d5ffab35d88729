/** A real OpenID provider on loopback, and a person's way through its pages. */
import { createServer } from "node:http";
import Provider from "oidc-provider";
import { freePort } from "../../scripts/lib/free_port.ts";

export interface TestProvider extends AsyncDisposable {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Signs `login` in at the address that the browser was led to; the query that leads back. */
  visit(url: string, login: string): Promise<string>;
}

/** What the provider knows this server as. */
export const CLIENT = { clientId: "guild", clientSecret: "a secret of the client" } as const;

/** Most answers between a sign-in page and the way back. */
const STEPS_MAX = 20;

/** `port`: where it shall be, for a server that was told before it runs. */
export async function startOidcProvider(
  redirectUri: string,
  port = freePort(),
): Promise<TestProvider> {
  const issuer = `http://localhost:${port}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: CLIENT.clientId,
      client_secret: CLIENT.clientSecret,
      redirect_uris: [redirectUri],
    }],
    claims: { openid: ["sub"], profile: ["name", "preferred_username"] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    findAccount: (_: unknown, id: string) => ({
      accountId: id,
      claims: () => ({ sub: id, preferred_username: id, name: `${id} of the office` }),
    }),
  });
  const listener = createServer(provider.callback());
  await new Promise<void>((resolve) => listener.listen(port, "localhost", resolve));
  return {
    issuer,
    ...CLIENT,
    visit: (url, login) => visit(url, { login, redirectUri }),
    async [Symbol.asyncDispose]() {
      listener.closeAllConnections();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}

/** As a browser without scripts: keeps cookies, follows redirects, sends the forms it is shown. */
async function visit(
  begin: string,
  { login, redirectUri }: { readonly login: string; readonly redirectUri: string },
): Promise<string> {
  const jar = new Map<string, string>();
  let url = begin;
  let body: URLSearchParams | undefined;
  for (let step = 0; step < STEPS_MAX; step++) {
    const response = await fetch(url, {
      redirect: "manual",
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; ") },
      ...(body === undefined ? {} : { method: "POST", body }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      jar.set(name, value);
    }
    const page = await response.text();
    const location = response.headers.get("location");
    if (location !== null) {
      const next = new URL(location, url);
      if (next.href.startsWith(redirectUri)) return next.search;
      url = next.href;
      body = undefined;
      continue;
    }
    const action = /action="([^"]+)"/.exec(page)?.[1];
    const prompt = /name="prompt" value="([^"]+)"/.exec(page)?.[1];
    if (action === undefined || prompt === undefined) throw new Error(`No way on: ${page}`);
    url = new URL(action, url).href;
    body = new URLSearchParams({ prompt, login, password: "any" });
  }
  throw new Error(`The provider did not lead back within ${STEPS_MAX} steps.`);
}
