import assert from "node:assert/strict";
import { TOTP } from "otpauth";
import { PASSWORD, startHomeserver } from "./harness/homeserver.ts";
import { linksIn, startMailServer } from "./harness/mail_server.ts";

interface Shown {
  readonly status: number;
  readonly text: string;
  /** Where it leads. */
  readonly to: string;
}

/** A browser without scripts: it keeps cookies and sends forms. */
class Visitor {
  readonly #base: string;
  #cookie = "";

  constructor(base: string) {
    this.#base = base;
  }

  async get(path: string): Promise<Shown> {
    return await this.#take(
      await fetch(this.#base + path, { headers: { cookie: this.#cookie }, redirect: "manual" }),
    );
  }

  async post(path: string, fields: Record<string, string>): Promise<Shown> {
    return await this.#take(
      await fetch(this.#base + path, {
        method: "POST",
        headers: { cookie: this.#cookie, origin: this.#base },
        body: new URLSearchParams(fields),
        redirect: "manual",
      }),
    );
  }

  async #take(response: Response): Promise<Shown> {
    const cookies = response.headers.getSetCookie().map((each) => each.split(";")[0] ?? "");
    const session = cookies.find((each) => each.includes("og_session="));
    if (session !== undefined) this.#cookie = session;
    const to = response.headers.get("location") ?? "";
    return { status: response.status, text: await response.text(), to };
  }
}

Deno.test("mail: an address confirmed and a password set anew, by pages alone, with a second step", async () => {
  await using mail = await startMailServer();
  await using server = await startHomeserver({
    settings: {
      "mail.host": "127.0.0.1",
      "mail.port": String(mail.port),
      "mail.tls": "none",
      "mail.from": "chat@example.org",
      "metrics.access": "public",
    },
  });
  const ann = await server.register("ann");
  const { secret } = await ann.do("POST", "/account/second-factor/totp", { password: PASSWORD });
  const app = new TOTP({ secret });
  const { recovery_codes: [first, second, third] } = await ann.do(
    "POST",
    "/account/second-factor/totp/confirm",
    { code: app.generate() },
  );
  const visitor = new Visitor(server.url);
  const login = await visitor.post("/login", { user_name: "ann", password: PASSWORD });
  const challenge = /name="challenge" value="([^"]+)"/.exec(login.text)?.[1] ?? "";
  const signedIn = await visitor.post("/login", { challenge, code: first, user_name: "ann" });
  assert.equal(signedIn.status, 303);

  const asked = await visitor.post("/settings/email", { act: "set", address: "ann@example.com" });
  assert.deepEqual([asked.status, asked.to], [303, "/settings/email"]);
  assert.match((await visitor.get("/settings/email")).text, /A mail was sent to ann@example\.com/);
  const [confirm = ""] = linksIn(await mail.mailTo("ann@example.com"));
  const confirmPath = new URL(confirm).pathname;
  const stranger = new Visitor(server.url);
  assert.match(
    (await stranger.get(confirmPath)).text,
    /ann@example\.com belong to the account ann/,
  );
  assert.match((await stranger.post(confirmPath, {})).text, /belongs to the account ann/);
  assert.equal((await stranger.get(confirmPath)).status, 404);
  const settings = await visitor.get("/settings/email");
  assert.match(settings.text, /The address of this account is ann@example\.com/);

  assert.match((await stranger.get("/login")).text, /href="\/forgot"/);
  const known = await stranger.post("/forgot", { who: "ann" });
  const unknown = await stranger.post("/forgot", { who: "nobody" });
  assert.deepEqual(known, unknown);
  const [reset = ""] = linksIn(await mail.mailTo("ann@example.com", 1));
  const resetPath = new URL(reset).pathname;
  const password = "another long passphrase, truly 43";
  const without = await stranger.post(resetPath, { password });
  assert.equal(without.status, 400);
  assert.equal((await stranger.post(resetPath, { password, code: second })).status, 303);
  assert.match((await mail.mailTo("ann@example.com", 2)).text, /was changed just now/);
  assert.equal((await visitor.get("/settings/email")).to, "/login?next=%2Fsettings%2Femail");
  assert.equal(
    (await server.call("POST", "/login", {
      body: { user_name: "ann", password },
    })).body.error.code,
    "second_factor_required",
  );

  // Somebody new gives an address, confirms it, waits, and is let in.
  const values = { registration_mode: "open", registration_approval: true };
  const boss = await server.call("POST", "/login/second-factor", {
    body: {
      challenge: (await server.call("POST", "/login", { body: { user_name: "ann", password } }))
        .body.error.details.challenge,
      code: third,
    },
  });
  const { access_token: token } = boss.body.tokens;
  assert.equal(
    (await server.call("PATCH", "/admin/settings", { token, body: values })).status,
    200,
  );
  const guest = new Visitor(server.url);
  assert.match((await guest.get("/register")).text, /Why would you like to join\?/);
  const gone = await guest.post("/register", {
    user_name: "gus",
    password,
    address: "gus@example.com",
    why: "I grow <b>peas</b>",
  });
  assert.equal(gone.to, "/waiting?for=email");
  assert.match((await guest.get(gone.to)).text, /A mail is on its way/);
  const [mailed = ""] = linksIn(await mail.mailTo("gus@example.com"));
  assert.match((await guest.post(new URL(mailed).pathname, {})).text, /An administrator decides/);
  assert.match((await mail.mailTo("ann@example.com", 3)).text, /\/admin\/registrations/);
  const early = await guest.post("/login", { user_name: "gus", password });
  assert.equal(early.to, "/waiting?for=approval");
  const waiting = await server.call("GET", "/admin/registrations", { token });
  const [{ id, why }] = waiting.body.registrations;
  assert.equal(why, "I grow <b>peas</b>");
  const approve = `/admin/registrations/${id}/approve`;
  assert.equal((await server.call("POST", approve, { token })).status, 200);
  assert.match((await mail.mailTo("gus@example.com", 1)).text, /is ready/);
  assert.equal((await guest.post("/login", { user_name: "gus", password })).status, 303);
  assert.equal((await guest.get("/settings/email")).status, 200);

  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  assert.match(metrics, /openguild_mails_total\{outcome="sent"\} 6/);
});

Deno.test("mail: without a mail server nothing of it is shown", async () => {
  await using server = await startHomeserver();
  const visitor = new Visitor(server.url);
  assert.doesNotMatch((await visitor.get("/login")).text, /\/forgot/);
  assert.equal((await visitor.get("/forgot")).status, 404);
  await server.register("ann");
  await visitor.post("/login", { user_name: "ann", password: PASSWORD });
  assert.doesNotMatch((await visitor.get("/settings/password")).text, /settings\/email/);
  assert.equal((await visitor.get("/settings/email")).status, 404);
});
