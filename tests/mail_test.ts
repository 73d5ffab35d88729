import assert from "node:assert/strict";
import { TOTP } from "otpauth";
import type { Clock } from "../core/ports/clock.ts";
import { systemClock } from "../server/system/clock.ts";
import { type Homeserver, PASSWORD, startHomeserver } from "./harness/homeserver.ts";
import { linksIn, startMailServer, type TestMailServer } from "./harness/mail_server.ts";
import { waitFor } from "./harness/wait_for.ts";

/** What is looked for every minute is looked for often. */
const HASTY: Clock = {
  now: () => systemClock.now(),
  monotonic: () => systemClock.monotonic(),
  sleep: (ms, signal) => systemClock.sleep(ms === 60_000 ? 200 : ms, signal),
};

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
    clock: HASTY,
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

  // A mail is counted once its server has taken it, and may be read a moment before.
  await waitFor("all six to be counted", async () => {
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    return metrics.includes('openguild_mails_total{outcome="sent"} 6');
  });
  await tellDigests(server, mail, { ann: token, guest });
});

/** Mails about what waits: counts alone, each thing once, and ended by whoever has the mail. */
async function tellDigests(
  server: Homeserver,
  mail: TestMailServer,
  { ann, guest }: { ann: string; guest: Visitor },
) {
  const { sql } = server.parts.database;
  const grant = await server.call("POST", "/login", {
    body: { user_name: "gus", password: "another long passphrase, truly 43" },
  });
  const { user_id: gusId, tokens } = grant.body;
  const gus = tokens.access_token;
  const ask = async (token: string, method: string, path: string, body?: object) => {
    const answer = await server.call(method, path, { token, ...(body ? { body } : {}) });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return answer.body;
  };
  const page = await guest.post("/settings/notifications", {
    act: "digest",
    digest_every: "day",
    digest_weekday: "5",
    digest_hour: "8",
    digest_zone: "Europe/Berlin",
  });
  assert.equal(page.status, 303, page.text);
  assert.match((await guest.get("/settings/notifications")).text, /The next one goes to gus@/);
  const refused = await server.call("PUT", "/account/digest", {
    token: ann,
    body: { choice: { every: "day", weekday: 1, hour: 25, zone: "Nowhere" } },
  });
  assert.equal(refused.status, 400);

  const guild = await ask(ann, "POST", "/guilds", { name: "Peas & Beans" });
  const { code } = await ask(ann, "POST", "/invites", { guild_id: guild.id });
  await ask(gus, "POST", `/invites/${code}/accept`, {});
  const [general] = guild.channels;
  const say = (body: string) =>
    ask(ann, "POST", `/rooms/${guild.id}/send`, { channel_id: general.id, body });
  await say("nobody is meant");
  await say(`<${gusId}> the secret of the garden`);
  const dm = await ask(ann, "POST", "/dms", { user_id: gusId });
  await ask(gus, "POST", `/rooms/${dm.room_id}/join`, {});
  await ask(ann, "POST", `/rooms/${dm.room_id}/send`, { body: "a secret for two" });
  /** It is due now; resolves once it was looked at what waits. */
  const due = async () => {
    await sql`update digests set next_ts = 1 where user_id = ${gusId}`;
    await waitFor("the next time", async () => {
      const [row] = await sql<{ next_ts: number }[]>`
        select next_ts from digests where user_id = ${gusId}`;
      return row !== undefined && row.next_ts > 1;
    });
  };
  await due();
  const first = await mail.mailTo("gus@example.com", 2);
  assert.match(first.text, /- 1 mention in #general, Peas & Beans\r?\n {2}http/);
  assert.match(first.text, /- Something in 1 conversation\r?\n/);
  const words = first.text.replace(/http\S+/g, "");
  for (const said of ["secret", "garden", "nobody", "ann"]) assert.ok(!words.includes(said), said);
  // Long headers are folded (RFC 5322, 2.2.3).
  const headers = first.raw.replace(/\r\n[ \t]+/g, " ");
  const stop = /^List-Unsubscribe: <(\S+)>\r$/m.exec(headers)?.[1] ?? "";
  assert.match(headers, /^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/m);
  assert.match(headers, /^Message-ID: <\d+\.digest@[^\s>]+>\r$/m);

  // Still unread, and told already; what comes later is told alone.
  await due();
  await say(`<${gusId}> once more`);
  await due();
  const second = await mail.mailTo("gus@example.com", 3);
  assert.match(second.text, /- 1 mention in #general/);
  assert.doesNotMatch(second.text, /conversation/);

  const stopPath = new URL(stop).pathname;
  const nobody = new Visitor(server.url);
  assert.match((await nobody.get(stopPath)).text, /Shall gus get no more mails/);
  // As a mail provider asks: without cookies and from no page.
  const asked = await fetch(server.url + stopPath, {
    method: "POST",
    body: new URLSearchParams({ "List-Unsubscribe": "One-Click" }),
  });
  assert.equal(asked.status, 200);
  assert.match(await asked.text(), /There will be no more of these mails/);
  assert.equal((await nobody.get(stopPath)).status, 404);
  const { choice, address } = await ask(gus, "GET", "/account/digest");
  assert.deepEqual([choice, address], [null, "gus@example.com"]);
  assert.equal(mail.mails.filter(({ to }) => to.includes("gus@example.com")).length, 4);
}

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
