/** Who is near without a guild of both: friends, and people of conversations. */
import assert from "node:assert/strict";
import { type Person, startHomeserver } from "../harness/homeserver.ts";

Deno.test("friends and people of conversations are seen to come and go, and nobody else", async () => {
  await using server = await startHomeserver();
  const ann = await server.register("ann");
  // An invitation of the server, to no guild.
  const { code } = await ann.do("POST", "/admin/registration-tokens", { max_uses: 3 });
  const bob = await server.register("bob", code);
  const cat = await server.register("cat", code);
  const eve = await server.register("eve", code);
  await ann.do("POST", "/relationships", { user_id: bob.id });
  await bob.do("POST", `/relationships/${encodeURIComponent(ann.id)}/accept`);
  await ann.do("POST", "/dms", { user_id: cat.id });
  const { dms } = await cat.do("GET", "/dms");
  await cat.do("POST", `/rooms/${dms[0].room_id}/join`, {});

  using hears = await ann.connect();
  using _here = await bob.connect();
  const watch = { guild_id: null, user_ids: [bob.id, cat.id, eve.id] };
  hears.send({ op: "subscribe", d: watch });
  const answer = await hears.until((frame) => frame.op === "presences");
  assert.deepEqual(answer, {
    op: "presences",
    d: { guild_id: null, presences: { [bob.id]: "online" } },
  });
  const seen = (person: Person) =>
    hears.dispatches("presence").filter((each) => each.user_id === person.id);
  const shown = (person: Person, presence: string) =>
    hears.until((frame) =>
      frame.op === "dispatch" && frame.t === "presence" &&
      (frame.d as { user_id: string }).user_id === person.id &&
      (frame.d as { presence: string }).presence === presence
    );
  using _stranger = await eve.connect();
  using cats = await cat.connect();
  await shown(cat, "online");
  cats.send({ op: "presence", d: { presence: "dnd" } });
  await shown(cat, "dnd");
  assert.deepEqual(seen(eve), [], "a stranger's presence is not told");

  await ann.do("DELETE", `/relationships/${encodeURIComponent(bob.id)}`);
  hears.send({ op: "subscribe", d: watch });
  const later = await hears.until((frame) =>
    frame.op === "presences" && !(bob.id in frame.d.presences)
  );
  assert.deepEqual(later, {
    op: "presences",
    d: { guild_id: null, presences: { [cat.id]: "dnd" } },
  });
});
