import assert from "node:assert/strict";
import { type Listening, makeGuild, startHomeserver } from "../harness/homeserver.ts";

const SENDERS = 6;
const EACH = 40;
const CUTS = 12;

function heard(listening: Listening): string[] {
  return listening.dispatches("message.create").map((message: { body: string }) => message.body);
}

Deno.test("a reader cut again and again hears every stored message once, each sender in order", async () => {
  await using server = await startHomeserver();
  const names = Array.from({ length: SENDERS }, (_, i) => `sender${i}`);
  const { owner, members, guildId, general } = await makeGuild(server, ["owner", ...names]);
  const send = async (i: number) => {
    for (let n = 0; n < EACH; n++) {
      await members[i]?.do("POST", `/rooms/${guildId}/send`, {
        channel_id: general,
        body: `${i} ${n}`,
      });
    }
  };
  let listening = await owner.connect();
  const got: string[] = [];
  let sending = true;
  const sent = Promise.all(members.map((_, i) => send(i))).finally(() => sending = false);
  for (let cut = 0; cut < CUTS; cut++) {
    const enough = heard(listening).length + 5;
    while (sending && heard(listening).length < enough) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    // What arrives after this moment is not counted, as if it had been lost with the connection.
    const { position } = listening;
    got.push(...heard(listening));
    listening[Symbol.dispose]();
    listening = await owner.connect(position);
  }
  await sent;
  const all = SENDERS * EACH;
  await listening.until(() => got.length + heard(listening).length >= all);
  await owner.do("POST", `/rooms/${guildId}/send`, { channel_id: general, body: "last" });
  await listening.until((frame) =>
    frame.op === "dispatch" && frame.t === "message.create" && frame.d.body === "last"
  );
  got.push(...heard(listening));
  listening[Symbol.dispose]();
  assert.equal(got.pop(), "last");
  assert.equal(got.length, all);
  assert.equal(new Set(got).size, all);
  for (let i = 0; i < SENDERS; i++) {
    assert.deepEqual(
      got.filter((body) => body.startsWith(`${i} `)),
      Array.from({ length: EACH }, (_, n) => `${i} ${n}`),
    );
  }
});
