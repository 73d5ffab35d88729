import assert from "node:assert/strict";
import { freePort } from "../../../scripts/lib/free_port.ts";
import { runCli } from "../../../tests/harness/cli.ts";
import { startMailServer } from "../../../tests/harness/mail_server.ts";
import { tempFolder } from "../../../tests/harness/temp_folder.ts";
import { loadConfig } from "../../config/config.ts";
import type { Finding } from "../finding.ts";
import { checkMail } from "./mail.ts";

const LOGIN = { user: "chat", password: "right words" };

/** A configuration with these settings of `mail`. */
function mailConfig(folder: string, mail: Readonly<Record<string, string>>) {
  return loadConfig({
    env: {},
    flags: new Map(
      Object.entries({ from: "Chat <chat@example.org>", ...mail }).map(([key, value]) => [
        `mail.${key}`,
        value,
      ]),
    ),
    dataFolder: folder,
    workingFolder: folder,
    readFile: () => undefined,
  });
}

function assertProblem([finding]: readonly Finding[], message: RegExp, advice: RegExp): void {
  assert.equal(finding?.status, "problem", JSON.stringify(finding));
  assert.match(finding?.message ?? "", message);
  assert.match(finding?.advice ?? "", advice);
}

Deno.test("mail: a login over STARTTLS, and everything that can be wrong with it", async () => {
  await using temp = await tempFolder();
  await using server = await startMailServer({ tls: "starttls", login: LOGIN });
  await Deno.writeTextFile(`${temp.path}/ca.pem`, server.ca);
  const right = { host: "localhost", port: String(server.port), ca: "ca.pem", ...LOGIN };
  const check = (change: Readonly<Record<string, string>>) =>
    checkMail(mailConfig(temp.path, { ...right, ...change }));
  const [good] = await check({});
  assert.equal(good?.status, "ok", JSON.stringify(good));
  assert.match(good?.message ?? "", /takes the login of chat, encrypted/);

  const refused = await check({ password: "wrong words" });
  assertProblem(refused, /localhost:\d+ could not be used/, /mail\.user and mail\.password/);
  assert.ok(!JSON.stringify(refused).includes("wrong words"));
  const { ca: _ca, ...unknown } = right;
  assertProblem(
    await checkMail(mailConfig(temp.path, unknown)),
    /self.signed|certificate|issuer/i,
    /mail\.ca/,
  );
  assertProblem(await check({ ca: "none.pem" }), /none\.pem" cannot be read/, /mail\.ca/);
  assertProblem(await check({ port: String(freePort()) }), /could not be used/, /firewall/);
  await using plain = await startMailServer({ tls: "none" });
  const { user: _user, password: _password, ...nobody } = right;
  assertProblem(
    await checkMail(mailConfig(temp.path, { ...nobody, port: String(plain.port) })),
    /STARTTLS/,
    /mail\.tls/,
  );
  const [open] = await checkMail(
    mailConfig(temp.path, { ...nobody, tls: "none", port: String(plain.port) }),
  );
  assert.match(open?.message ?? "", /takes mails, on this machine, unencrypted/);
  const [none] = await checkMail(
    loadConfig({ env: {}, flags: new Map(), workingFolder: temp.path, readFile: () => undefined }),
  );
  assert.match(none?.message ?? "", /No mail server is configured/);
});

Deno.test("admin mail test sends a mail, over TLS from the first byte too, or says why not", async () => {
  await using temp = await tempFolder();
  await using server = await startMailServer({ tls: "tls", login: LOGIN });
  await Deno.writeTextFile(`${temp.path}/ca.pem`, server.ca);
  const cli = (address: string, env: Readonly<Record<string, string>>) =>
    runCli(["admin", "mail", "test", address, "--data", temp.path], {
      workingFolder: temp.path,
      env: { OPENGUILD_NAME: "og.test", ...env },
    });
  const url = `smtps://chat:${encodeURIComponent(LOGIN.password)}@localhost:${server.port}`;
  const right = {
    OPENGUILD_MAIL_URL: url,
    OPENGUILD_MAIL_FROM: "chat@og.test",
    OPENGUILD_MAIL_CA: "ca.pem",
  };
  const sent = await cli("ann@example.com", right);
  assert.equal(sent.code, 0, sent.err);
  assert.match(sent.out, /took a mail to ann@example\.com/);
  const [mail] = server.mails;
  assert.deepEqual([mail?.to, mail?.encrypted, mail?.user], [["ann@example.com"], true, "chat"]);
  assert.match(mail?.text ?? "", /Mails from og\.test arrive here/);

  const wrong = await cli("ann@example.com", {
    ...right,
    OPENGUILD_MAIL_URL: url.replace("right", "no"),
  });
  assert.match(wrong.err, /could not be used/);
  assert.match((await cli("nobody", right)).err, /"nobody" is no mail address/);
  assert.match((await cli("ann@example.com", {})).err, /No mail server is configured/);
  const both = await cli("ann@example.com", { ...right, OPENGUILD_MAIL_HOST: "localhost" });
  assert.match(both.err, /mail\.url says all of it/);
  assert.match(
    (await cli("ann@example.com", { OPENGUILD_MAIL_HOST: "localhost" })).err,
    /mail\.from is needed/,
  );
});
