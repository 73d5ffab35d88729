import assert from "node:assert/strict";
import { provideSeed } from "../harness/seed.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { waitFor } from "../harness/wait_for.ts";

/** Three embedded databases start at once on a machine that may be busy. */
const START_MS = 240_000;

/** A token of the account in a line as `deno task servers` prints it. */
async function logIn(line: string): Promise<(path: string, body?: unknown) => Promise<unknown>> {
  const match = /http:\/\/[a-z]+\.localhost:(\d+) +@(\w+)@\S+ +password (\S+)/.exec(line);
  assert(match !== null, line);
  const [, port, userName, password] = match;
  const call = async (path: string, body: unknown, token?: string) => {
    const response = await fetch(`http://127.0.0.1:${port}/client/v1${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        "content-type": "application/json",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    assert(response.ok, `${path}: ${JSON.stringify(answer)}`);
    return answer;
  };
  const { tokens } = await call("/login", { user_name: userName, password });
  return (path, body) => call(path, body, tokens.access_token);
}

Deno.test("deno task servers: servers with accounts and a guild that they share; who was killed comes back and catches up; Ctrl-C stops them", async () => {
  await provideSeed();
  await using folder = await tempFolder();
  const script = new URL("../../scripts/servers.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", script, "2", "--data", folder.path],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let printed = "";
  const reading = (async () => {
    for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) printed += part;
  })();
  try {
    await waitFor("the servers to be ready", () => printed.includes("Ctrl-C"), START_MS);
    const lines = printed.split("\n").filter((line) => line.includes("password"));
    assert.equal(lines.length, 2, printed);
    const [ann, bob] = await Promise.all(lines.map(logIn));
    assert(ann !== undefined && bob !== undefined);
    const { guilds } = await bob("/guilds") as { guilds: { id: string; name: string }[] };
    const [guild] = guilds;
    assert(guild !== undefined && guild.name === "Shared guild", JSON.stringify(guilds));
    const channel = await waitFor("a channel to write in", async () => {
      const sync = await bob(`/guilds/${guild.id}`) as {
        channels: { id: string; kind: string }[];
        checking: unknown;
      };
      return sync.checking === null ? sync.channels.find(({ kind }) => kind === "text") : undefined;
    });
    const send = (body: string) => bob(`/rooms/${guild.id}/send`, { channel_id: channel.id, body });
    const arrives = (body: string) =>
      waitFor("the message to arrive", async () => {
        const path = `/rooms/${guild.id}/messages?channel_id=${channel.id}`;
        // A server that has just come back may not answer yet.
        const page = await ann(path).catch(() => ({ messages: [] })) as {
          messages: { body: string }[];
        };
        return page.messages.some((message) => message.body === body);
      });
    await send("hello from the other");
    await arrives("hello from the other");
    Deno.kill(Number(/ process (\d+)/.exec(lines[0] ?? "")?.[1]), "SIGKILL");
    await waitFor("the end to be said", () => printed.includes("one.localhost has ended"));
    await send("while you were away");
    await waitFor(
      "the server to be back",
      () => printed.includes("one.localhost is back"),
      START_MS,
    );
    await arrives("while you were away");
    // What it said before its end is still there.
    const log = await Deno.readTextFile(`${folder.path}/one.localhost/server.log`);
    assert.equal(log.split("OpenGuild is ready").length, 3, log);
  } finally {
    child.kill("SIGINT");
    const { code } = await child.status;
    await reading;
    assert.equal(code, 0, printed);
  }
});
