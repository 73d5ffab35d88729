/**
 * All of it at once: two browsers and a program on two servers talk encrypted; a device is added and
 * lost, somebody is removed and comes back, the server that orders the group is killed and the other
 * one takes over. Then everything that the servers keep, write, tell each other, back up and push is
 * searched for what was said, by a search that is shown to find what lies open there.
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import type { Page } from "playwright-core";
import type { Message } from "../../core/api/message.ts";
import { connect } from "../../server/postgres/connect.ts";
import { silentLog } from "../../server/system/log.ts";
import { guildPath } from "../../ui/lib/format/paths.ts";
import { Capture, found } from "../e2ee/secrecy.ts";
import { launchBrowser, openPerson, type PersonOptions } from "../harness/browser.ts";
import { DeviceClient, signInAgain } from "../harness/device_client.ts";
import { soon } from "../harness/e2ee_wire.ts";
import { type FederatedProcess, startFederatedProcesses } from "../harness/federated_processes.ts";
import { hastyClock } from "../harness/hasty_clock.ts";
import { PASSWORD, type Person } from "../harness/homeserver.ts";
import { pageSteps } from "../harness/page_steps.ts";
import { type PushService, startPushService } from "../harness/push_service.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { dump } from "./canary.ts";
import { settled } from "./people.ts";
import { choosePassphrase, proveRecoveryKey, readRecoveryKey } from "./recovery.ts";
import { signIn } from "./scene.ts";
import { createEncryptedChannel, hasDevice, logInAnew, roomOf } from "./sealed_talk.ts";

/** Making a device and joining a group takes its time where eight of these run at once. */
const BEGIN_MS = 120_000;
const DAY_MS = 24 * 3_600_000;

const word = (of: string) => `${of} heron ${crypto.randomUUID()}`;

/** What no server may ever hold; all of it goes through the encrypted channel or opens it. */
const SECRET = {
  first: word("first"),
  edited: word("edited"),
  answer: word("answer"),
  program: word("program"),
  fileName: word("name"),
  fileText: word("file"),
  passphrase: word("phrase"),
  onNewDevice: word("new device"),
  afterLoss: word("after the loss"),
  elsewhere: word("elsewhere"),
  behindBack: word("behind the back"),
  backAgain: word("back again"),
  welcome: word("welcome"),
  whileGone: word("while gone"),
  afterTakeover: word("after the take-over"),
  ownersReturn: word("return"),
} as const;

/** Said in the open, where the same ways lead past the same places. */
const OPEN = { text: word("open"), fileText: word("open file") } as const;

const article = (page: Page, text: string) =>
  page.locator("article:not(.pending)", { hasText: text }).first();
const reads = (page: Page, text: string) => article(page, text).waitFor({ timeout: BEGIN_MS });
const locked = (page: Page) =>
  page.locator(".main-head .tag.accent").waitFor({ timeout: BEGIN_MS });

async function say(page: Page, text: string): Promise<void> {
  await page.locator("textarea[name=body]").fill(text);
  await page.locator(".composer button[type=submit]").click();
  await reads(page, text);
}

async function act(page: Page, text: string, name: string): Promise<void> {
  await article(page, text).hover();
  await article(page, text).getByRole("button", { name, exact: true }).first().click();
}

/** Has what is pushed to an account come to a service of the tests, of everything in a guild. */
async function tellAt(person: Person, service: PushService, guildId: string): Promise<void> {
  await person.do("PUT", "/account/push", service.subscription);
  await person.do("PATCH", "/account/notifications", {
    ...{ room_id: guildId, channel_id: null, level: "all" },
  });
}

/** `openguild backup`, and all that is in the file: rows unpacked, stored files as they are. */
async function backup(server: FederatedProcess, folder: string): Promise<string> {
  const file = join(folder, `${server.name}.backup`);
  const run = async (command: string, args: readonly string[]) => {
    const { success, stderr } = await new Deno.Command(command, {
      args: [...args],
      env: { DATABASE_URL: server.databaseUrl },
      stdout: "null",
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
  };
  const main = new URL("../../main.ts", import.meta.url).pathname;
  await run(Deno.execPath(), [
    ...["run", "--quiet", "--no-check", "-A", main, "backup", file, "--data", server.dataFolder],
  ]);
  const out = join(folder, server.name);
  await Deno.mkdir(out);
  await run("tar", ["-xf", file, "-C", out]);
  return await allUnder(out);
}

async function allUnder(folder: string): Promise<string> {
  const parts: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) {
      parts.push(await allUnder(path));
      continue;
    }
    const { readable } = await Deno.open(path);
    const bytes = name.endsWith(".gz")
      ? readable.pipeThrough(new DecompressionStream("gzip"))
      : readable;
    parts.push(new TextDecoder("latin1").decode(await new Response(bytes).bytes()));
  }
  return parts.join("\n");
}

/** What a server has measured of the other one's absence becomes a day older. */
async function aDayPasses(server: FederatedProcess, roomId: string): Promise<void> {
  const sql = connect({ url: server.databaseUrl, poolSize: 1, log: silentLog });
  try {
    await soon("the absence to be noticed", async () => {
      const aged = await sql`
        update mls_groups set away_since_ts = away_since_ts - ${DAY_MS + 3_600_000}, away_tries = 3
        where room_id = ${roomId} and away_since_ts is not null`;
      return aged.count > 0;
    });
  } finally {
    await sql.end();
  }
}

/** A guild of ann's on the first server, joined by two people of the second. */
async function makeGuild(one: FederatedProcess, two: FederatedProcess) {
  const ann = await one.register("ann");
  const guild = await ann.do("POST", "/guilds", { name: "Riverside Garden Club" });
  const invite = await ann.do("POST", "/invites", { guild_id: guild.id });
  const bob = await two.register("bob");
  const own = await bob.do("POST", "/guilds", { name: "Two" });
  const { code } = await bob.do("POST", "/invites", { guild_id: own.id });
  const cid = await two.register("cid", code);
  for (const person of [bob, cid]) {
    await person.do("POST", "/join", { link: `${invite.code}@one.test` });
    await soon(`ann to see ${person.id}`, async () => {
      const { status } = await ann.try("GET", `/guilds/${guild.id}/members/${person.id}`);
      return status === 200;
    });
  }
  return { ann, bob, cid, guildId: guild.id as string, general: guild.channels[0].id as string };
}

Deno.test("what is said encrypted on two servers is nowhere on either of them, whatever happens", async (t) => {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await tempFolder());
  const services = [stack.use(await startPushService()), stack.use(await startPushService())];
  const wire = new Capture();
  const { servers } = stack.use(
    await startFederatedProcesses({
      tap: wire.take,
      env: (at) => ({
        OPENGUILD_PUSH_TEST_SERVICES: services[at]?.origin ?? "",
        OPENGUILD_LOG_LEVEL: "debug",
      }),
    }),
  );
  const [one, two] = servers as [FederatedProcess, FederatedProcess];
  const [annsPushes, cidsPushes] = services as [PushService, PushService];
  const { ann, bob, cid, guildId, general } = await makeGuild(one, two);
  const browser = await launchBrowser();
  stack.defer(() => browser.close());
  const open = async (options: PersonOptions = {}) => stack.use(await openPerson(browser, options));
  const [desk, phone, lost] = [await open(), await open({ phone: true }), await open()];
  const [atDesk, atPhone] = [desk.page, phone.page];
  const enroll = async (person: Person, name: string) => {
    const client = stack.use(
      await DeviceClient.open(person, { folder: join(folder.path, name), clock: hastyClock }),
    );
    await client.engine.setUp({ name });
    return client;
  };
  const program = await enroll(cid, "cid-1");
  const step = pageSteps(t, browser);
  let roomId = "";
  const heard = (client: DeviceClient, text: string) =>
    soon(
      `${client.person.id} to read "${text}"`,
      async () => (await client.texts(roomId)).includes(text),
    );
  /** Puts somebody in or out through the dialog of the channel's people. */
  const move = async (what: "Add" | "Remove", name: string, said: string) => {
    await atDesk.locator(".main-head").getByRole("button", { name: "More" }).click();
    await atDesk.getByText("People in this channel", { exact: true }).click();
    await atDesk.getByRole("button", { name: `${what} ${name}` }).click();
    await atDesk.getByText(said).first().waitFor();
    await atDesk.keyboard.press("Escape");
    await atDesk.locator("dialog[open]").waitFor({ state: "detached" });
  };
  const letIn = (person: Person) =>
    soon(`${person.id} to be let in`, async () => {
      const { status } = await person.try("POST", `/rooms/${roomId}/join`);
      return status === 200;
    });
  const isIn = (client: DeviceClient) =>
    soon(
      `${client.person.id} to be in the group`,
      async () => (await client.engine.sync(roomId)).phase === "encrypted",
    );
  const logs = ["", ""];
  const kill = async (at: number) => {
    await servers[at]?.kill();
    logs[at] += servers[at]?.log() ?? "";
  };

  await step("something is said and attached in the open, for the search to find", async () => {
    await tellAt(ann, annsPushes, guildId);
    await tellAt(cid, cidsPushes, guildId);
    await signIn(desk.context, one.url, "ann");
    await atDesk.goto(one.url + guildPath(guildId));
    await settled(atDesk);
    await atDesk.locator(".composer input[type=file]").setInputFiles({
      name: "open.txt",
      mimeType: "text/plain",
      buffer: Buffer.from(OPEN.fileText),
    });
    await say(atDesk, OPEN.text);
    await soon("it to be on the other server", async () => {
      const { body } = await bob.try("GET", `/rooms/${guildId}/messages?channel_id=${general}`);
      return body.messages?.some((each: Message) => each.body === OPEN.text);
    });
    const file = await soon("its file", async () => {
      const { messages } = await bob.do("GET", `/rooms/${guildId}/messages?channel_id=${general}`);
      return messages.find((each: Message) => each.body === OPEN.text)?.media[0]?.uri;
    });
    const answer = await fetch(`${two.url}/client/v1/media/${file.slice("mxc://".length)}`, {
      headers: { authorization: `Bearer ${bob.token}` },
    });
    assert.equal(await answer.text(), OPEN.fileText);
  });

  await step("send: an encrypted channel of three, on two servers", async () => {
    await createEncryptedChannel(atDesk, "council", BEGIN_MS);
    await locked(atDesk);
    roomId = roomOf(atDesk);
    await signIn(phone.context, two.url, "bob");
    for (const person of [bob, cid]) {
      const [name = ""] = person.id.slice(1).split(":");
      await move("Add", name, `${name} is in this channel`);
      await letIn(person);
    }
    await atPhone.goto(two.url + guildPath(guildId, roomId));
    await settled(atPhone);
    await locked(atPhone);
    await isIn(program);
    for (const each of [bob, cid]) await hasDevice(ann, each, roomId);
    await say(atDesk, SECRET.first);
    await reads(atPhone, SECRET.first);
    await heard(program, SECRET.first);
    await act(atDesk, SECRET.first, "Edit");
    await say(atDesk, SECRET.edited);
    await reads(atPhone, SECRET.edited);
    await act(atPhone, SECRET.edited, "Reply");
    await say(atPhone, SECRET.answer);
    await reads(atDesk, SECRET.answer);
    await program.send(roomId, SECRET.program);
    for (const page of [atDesk, atPhone]) await reads(page, SECRET.program);
    await atDesk.locator(".composer input[type=file]").setInputFiles({
      name: `${SECRET.fileName}.txt`,
      mimeType: "text/plain",
      buffer: Buffer.from(SECRET.fileText),
    });
    await atDesk.locator(".upload").waitFor();
    await atDesk.locator(".composer button[type=submit]").click();
    await reads(atPhone, SECRET.fileName);
  });

  let recoveryKey = "";
  await step("add a device: with the recovery key it has what was said before", async () => {
    await atPhone.goto(`${two.url}/settings/encryption`);
    await settled(atPhone);
    await atPhone.getByRole("button", { name: "Set up recovery" }).click();
    const groups = await readRecoveryKey(atPhone);
    recoveryKey = groups.join(" ");
    await atPhone.getByRole("button", { name: "Next" }).click();
    await proveRecoveryKey(atPhone, groups);
    await choosePassphrase(atPhone, SECRET.passphrase);
    await atPhone.goto(two.url + guildPath(guildId, roomId));
    await logInAnew(lost.page, two.url, "bob");
    const field = lost.page.getByLabel("Recovery key", { exact: true });
    await field.fill(recoveryKey);
    await lost.page.locator("form", { has: field }).getByRole("button", { name: "Get messages" })
      .click();
    await lost.page.getByText("Your messages are here").waitFor();
    await lost.page.goto(two.url + guildPath(guildId, roomId));
    for (const text of [SECRET.edited, SECRET.answer]) await reads(lost.page, text);
    await locked(lost.page);
    await say(lost.page, SECRET.onNewDevice);
    for (const page of [atDesk, atPhone]) await reads(page, SECRET.onNewDevice);
  });

  await step("lose a device: removed from the other one, it is given nothing more", async () => {
    await atPhone.goto(`${two.url}/settings/sessions`);
    await settled(atPhone);
    const row = atPhone.locator(".device-row", { hasNotText: "This device" })
      .filter({ hasText: "Verified" });
    await row.getByText("Remove", { exact: true }).click();
    await row.getByRole("button", { name: "Yes, remove it" }).click();
    const password = atPhone.locator("input[name=confirm_password]");
    const saved = atPhone.getByText("Saved.", { exact: true });
    await password.or(saved).first().waitFor();
    if (await password.isVisible()) {
      await password.fill(PASSWORD);
      await atPhone.getByRole("button", { name: "Go on" }).click();
    }
    await row.waitFor({ state: "detached" });
    await atPhone.goto(two.url + guildPath(guildId, roomId));
    await say(atDesk, SECRET.afterLoss);
    await reads(atPhone, SECRET.afterLoss);
    const answer = await lost.context.request.get(`${two.url}/client/v1/account`);
    assert.equal(answer.status(), 401);
    assert.equal(await lost.page.getByText(SECRET.afterLoss).count(), 0);
  });

  await step("who looks elsewhere is told, and not of what was said", async () => {
    const before = annsPushes.seen.length;
    await atDesk.goto("about:blank");
    await say(atPhone, SECRET.elsewhere);
    await annsPushes.until(before + 1);
    await atDesk.goto(one.url + guildPath(guildId, roomId));
    await settled(atDesk);
    await reads(atDesk, SECRET.elsewhere);
  });

  await step("remove a member: what comes after opens for nobody who was put out", async () => {
    await move("Remove", "cid", "cid is not in this channel any more");
    await say(atDesk, SECRET.behindBack);
    await reads(atPhone, SECRET.behindBack);
    await soon("cid to be shut out", async () => {
      const { status } = await cid.try("GET", `/rooms/${roomId}/messages`);
      return status === 403 || status === 404;
    });
  });

  await step("rejoin: it reads from there on, and nothing of the time between", async () => {
    await move("Add", "cid", "cid is in this channel");
    await letIn(cid);
    await isIn(program);
    await program.send(roomId, SECRET.backAgain);
    for (const page of [atDesk, atPhone]) await reads(page, SECRET.backAgain);
    await say(atDesk, SECRET.welcome);
    await heard(program, SECRET.welcome);
    // Not even with what a server keeps, handed over by somebody who was in all the time.
    const { messages } = await bob.do("GET", `/rooms/${roomId}/messages?limit=50`);
    const sealed = (messages as Message[]).filter((each) => each.sealed !== undefined);
    const opened = await Promise.all(sealed.map((each) => program.open(each, 1000)));
    const texts = opened.map((each) => "payload" in each ? each.payload.body ?? "" : each.fault);
    assert.ok(texts.includes(SECRET.welcome) && texts.includes(SECRET.elsewhere));
    assert.ok(!texts.includes(SECRET.behindBack), texts.join("\n"));
  });

  await step(
    "the owner's server is killed: words go on, and the other one takes over",
    async () => {
      await kill(0);
      await say(atPhone, SECRET.whileGone);
      await heard(program, SECRET.whileGone);
      const saved = await program.engine.createBackup();
      const laptop = await enroll(await signInAgain(two, cid), "cid-2");
      await laptop.engine.restore({ recoveryKey: saved.recoveryKey });
      await aDayPasses(two, roomId);
      await soon("the laptop to be in", async () => {
        await program.engine.sync(roomId);
        return (await laptop.engine.sync(roomId)).phase === "encrypted";
      });
      const { sequencer, term } = await cid.do("GET", `/rooms/${roomId}/group`);
      assert.deepEqual([sequencer, term], ["two.test", 1]);
      await laptop.send(roomId, SECRET.afterTakeover);
      await reads(atPhone, SECRET.afterTakeover);
    },
  );

  await step("the owner's server is back, and the owner reads all of it", async () => {
    await one.start();
    await atDesk.goto(one.url + guildPath(guildId, roomId));
    await settled(atDesk);
    for (const text of [SECRET.whileGone, SECRET.afterTakeover]) await reads(atDesk, text);
    await soon("one to follow two", async () => {
      const { sequencer, term } = await ann.do("GET", `/rooms/${roomId}/group`);
      return sequencer === "two.test" && term === 1;
    });
    await say(atDesk, SECRET.ownersReturn);
    await reads(atPhone, SECRET.ownersReturn);
  });

  const secrets = [...Object.values(SECRET), recoveryKey, recoveryKey.replaceAll(" ", "")];
  /** The search finds what lies open in a place, and of what was said encrypted nothing. */
  const search = (place: string, text: string, open: readonly string[]) =>
    assert.deepEqual(
      { place, open: found(text, open), secret: found(text, secrets) },
      { place, open, secret: [] },
    );

  for (const [at, server] of servers.entries()) {
    await step(`${server.name}: what it keeps, backs up, writes and tells itself`, async () => {
      search("database", await dump(server.databaseUrl), [OPEN.text, roomId]);
      search("backup", await backup(server, folder.path), [OPEN.text, OPEN.fileText, roomId]);
      search("bus", server.bus(), [OPEN.text, roomId]);
      search("log", logs[at] + server.log(), [at === 0 ? ann.id : bob.id]);
    });
  }

  await step("what they say to each other", () => search("wire", wire.text(), [OPEN.text, roomId]));

  await step("what push services are given, sealed and opened", async () => {
    for (const service of services) {
      const opened = await Promise.all(service.seen.map((each) => service.open(each)));
      search("opened pushes", opened.join("\n"), [roomId]);
      const sent = new Capture();
      for (const each of service.seen) sent.take(each.wire);
      search("pushes", sent.text(), []);
    }
  });

  await step("the backup of keys, in which the search would find it", async () => {
    const sql = connect({ url: two.databaseUrl, poolSize: 1, log: silentLog });
    try {
      const rows = async () => {
        const chunks = await sql<{ row: string }[]>`select t::text as row from backup_chunks t`;
        const heads = await sql<{ row: string }[]>`select t::text as row from backups t`;
        assert.ok(chunks.length > 0 && heads.length > 0);
        return [...chunks, ...heads].map(({ row }) => row).join("\n");
      };
      search("backup of keys", await rows(), [bob.id]);
      const planted = new TextEncoder().encode(OPEN.text);
      await sql`update backup_chunks set chunk = ${planted} || chunk`;
      search("backup of keys with a word planted", await rows(), [OPEN.text]);
    } finally {
      await sql.end();
    }
  });
});
