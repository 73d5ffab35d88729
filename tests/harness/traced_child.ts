/**
 * Run by the test of traces, with OTEL_DENO: two servers, a guild on both, one message. Ends once
 * it has arrived. The runtime traces this side's requests as a client would.
 */
import { systemClock } from "../../server/system/clock.ts";
import { jsonLog } from "../../server/system/log.ts";
import { startServers } from "./federated.ts";
import { makeGuild } from "./homeserver.ts";
import { waitFor } from "./wait_for.ts";

// Their log lines, for the test to read.
await using federation = await startServers(2, {
  logOf: (at) =>
    jsonLog({
      level: "debug",
      clock: systemClock,
      write: (line) => Deno.stdout.writeSync(new TextEncoder().encode(line)),
    }).child({ server: at }),
});
const [one, two] = federation.servers;
if (one === undefined || two === undefined) throw new Error("two servers were asked for");
const { owner, guildId, general } = await makeGuild(one, ["olga"]);
const { code } = await owner.do("POST", "/invites", { guild_id: guildId });
const bea = await two.register("bea");
await bea.do("POST", "/join", { link: `${code}@one.test` });
await owner.do("POST", `/rooms/${guildId}/send`, { channel_id: general, body: "traced words" });
await waitFor("the words to arrive", async () => {
  const page = await bea.do("GET", `/rooms/${guildId}/messages?channel_id=${general}`);
  return page.messages.some((message: { body: string }) => message.body === "traced words")
    ? true
    : undefined;
});
