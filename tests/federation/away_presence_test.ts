/** People of a server that cannot be reached are not shown as being there, until it can be. */
import assert from "node:assert/strict";
import { AWAY_AFTER_MS } from "../../server/services/federation/away_servers.ts";
import { startServers } from "../harness/federated.ts";
import { makeGuild } from "../harness/homeserver.ts";
import { waitFor } from "../harness/wait_for.ts";

const SOON_MS = 120_000;

Deno.test("who was online when their server went away is shown as not there, and as online when it is back", async () => {
  await using federation = await startServers(2);
  const [one, two] = federation.servers;
  assert(one !== undefined && two !== undefined);
  const { owner: ann } = await makeGuild(one, ["ann"]);
  const bea = await two.register("bea");
  await ann.do("POST", "/relationships", { user_id: bea.id });
  const accept = `/relationships/${encodeURIComponent(ann.id)}/accept`;
  await waitFor(
    "the friendship",
    async () => (await bea.try("POST", accept)).status < 300,
    SOON_MS,
  );
  using _ofBea = await bea.connect();
  using ofAnn = await ann.connect();
  ofAnn.send({ op: "subscribe", d: { guild_id: null, user_ids: [bea.id] } });
  const shown = () => {
    let last: string | undefined;
    for (const frame of ofAnn.frames) {
      if (frame.op === "presences") last = frame.d.presences[bea.id] ?? last;
      if (frame.op === "dispatch" && frame.t === "presence" && frame.d.user_id === bea.id) {
        last = frame.d.presence;
      }
    }
    return last;
  };
  await waitFor("bea to be online", () => shown() === "online", SOON_MS);

  federation.cut(0, 1);
  const { sql } = one.parts.database;
  await waitFor("bea's server to be away", async () => {
    // Something new to send, and it has failed for long.
    await ann.do("PATCH", "/account", { display_name: `Ann ${crypto.randomUUID().slice(0, 8)}` });
    await sql`
      update destinations set failing_since_ts = ${Date.now() - AWAY_AFTER_MS - 1}
      where server = 'two.test' and failing_since_ts is not null`;
    return shown() === "offline";
  }, SOON_MS);
  using late = await ann.connect();
  const ready = await late.until((frame) => frame.op === "ready");
  assert("d" in ready && "presences" in ready.d);
  assert.equal(ready.d.presences[bea.id], undefined, "who comes meanwhile sees the same");

  federation.heal(0, 1);
  await waitFor("bea to be online again", () => shown() === "online", SOON_MS);
});
