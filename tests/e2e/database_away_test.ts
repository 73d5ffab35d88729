/** Postgres stops and comes back under a server: what programs are answered, and people see. */
import assert from "node:assert/strict";
import { freePort } from "../../scripts/lib/free_port.ts";
import { channelPath } from "../../ui/lib/format/paths.ts";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { type CallOptions, registerPerson } from "../harness/homeserver.ts";
import { databaseUrl, restartCluster, signalCluster, startCluster } from "../harness/postgres.ts";
import { startServerProcess } from "../harness/server_process.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { waitFor } from "../harness/wait_for.ts";
import { keeps, workerReady } from "./kept.ts";
import { say, settled } from "./people.ts";
import { signIn } from "./scene.ts";

/** Nothing of what the log says of the database is said to anybody. */
const INTERNAL = /postgres|sql|ECONN|CONNECTION|CONNECT_|57P0|127\.0\.0\.1|database/i;

async function openServer(stack: AsyncDisposableStack) {
  const folder = stack.use(await tempFolder());
  const root = stack.use(await tempFolder());
  await Deno.chmod(root.path, 0o711);
  const cluster = await startCluster({ folder: root.path, watchPid: Deno.pid });
  const server = await startServerProcess({
    dataFolder: folder.path,
    port: freePort(),
    databaseUrl: databaseUrl(cluster, "postgres"),
  });
  stack.defer(() => server.kill());
  const ask = (method: string, path: string, { body, token }: CallOptions = {}) =>
    fetch(`${server.url}${path}`, {
      method,
      headers: {
        "content-type": "application/json",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const call = async (method: string, path: string, options?: CallOptions) => {
    const response = await ask(method, `/client/v1${path}`, options);
    return { status: response.status, body: await response.json() };
  };
  return { cluster, server, ask, call, url: server.url };
}

Deno.test("while the database is away everything says so and is tried again, and nothing said is lost", async (t) => {
  await using stack = new AsyncDisposableStack();
  const { cluster, server, ask, call, url } = await openServer(stack);
  const ann = await registerPerson({ url, call }, "ann", server.setupCode);
  const guild = await ann.do("POST", "/guilds", { name: "Riverside Garden Club" });
  const general = guild.channels.find((each: { name: string }) => each.name === "general").id;
  const path = channelPath(guild.id, { room_id: guild.id, id: general, private: false });
  const sendPath = `/rooms/${encodeURIComponent(guild.id)}/send`;
  await ann.do("POST", sendPath, { channel_id: general, body: "Before the flood" });
  const browser = await launchBrowser();
  await using plain = await openPerson(browser);
  await using app = await openPerson(browser, { worker: true });
  for (const { context, page } of [plain, app]) {
    await signIn(context, url, "ann");
    await page.goto(url + path);
    await settled(page);
  }
  await keeps(app.page, [1]);
  await workerReady(app.page);

  await signalCluster(cluster, "SIGKILL");

  await t.step("programs are answered 503, a stable code and when to ask again", async () => {
    const asked = [
      ["GET", "/client/v1/account", { token: ann.token }],
      ["GET", "/client/v1/sync", { token: ann.token }],
      ["POST", "/client/v1/login", { body: { user_name: "ann", password: "whatever it was" } }],
    ] as const;
    for (const [method, at, options] of asked) {
      const answer = await ask(method, at, options);
      const text = await answer.text();
      assert.equal(answer.status, 503, `${at}: ${text}`);
      assert.equal(JSON.parse(text).error.code, "unavailable");
      assert.match(answer.headers.get("retry-after") ?? "", /^[1-9]\d*$/);
      assert.doesNotMatch(JSON.parse(text).error.message, INTERNAL);
    }
  });

  await t.step("a page says that it is for now, with the same status", async () => {
    const answer = await plain.page.goto(url + path);
    assert.equal(answer?.status(), 503);
    assert.match(answer?.headers()["retry-after"] ?? "", /^[1-9]\d*$/);
    await plain.page.getByText("cannot answer this at the moment").waitFor();
    assert.doesNotMatch(await plain.page.locator("main").innerText(), INTERNAL);
  });

  await t.step(
    "what is said waits in the browser, and the app opens with what it keeps",
    async () => {
      await say(app.page, "During the flood");
      await app.page.locator("article", { hasText: "During the flood" }).first().waitFor();
      await app.page.goto(url + path);
      await settled(app.page);
      await app.page.getByText("Before the flood").waitFor();
      await app.page.getByText("During the flood").waitFor();
      assert.equal(await app.page.locator("article.failed").count(), 0);
    },
  );

  await restartCluster(cluster, Deno.pid);

  await t.step("afterwards what waited is sent, once", async () => {
    const bodies = () =>
      ann.do("GET", `/rooms/${encodeURIComponent(guild.id)}/messages?channel_id=${general}`)
        .then(({ messages }) => messages.map(({ body }: { body: string }) => body))
        .catch(() => []);
    await waitFor(
      "what was said to be there",
      async () => (await bodies()).includes("During the flood"),
    );
    assert.deepEqual(await bodies(), ["Before the flood", "During the flood"]);
  });
});
