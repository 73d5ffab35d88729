import assert from "node:assert/strict";
import { makeGuild, startHomeserver } from "../harness/homeserver.ts";

const KILOBYTES = 1024;

Deno.test("a form of somebody unknown is small, whatever page takes it and whatever it says of its length", async (t) => {
  await using server = await startHomeserver();
  const { guildId } = await makeGuild(server, ["ann"]);
  const send = async (path: string, body: BodyInit, type = "application/x-www-form-urlencoded") => {
    const headers = { "content-type": type };
    const answer = await fetch(server.url + path, {
      method: "POST",
      body,
      headers,
      redirect: "manual",
    });
    await answer.body?.cancel();
    return answer.status;
  };
  /** In pieces, with no length beforehand; it ends by itself where nobody minds. */
  const pieces = (kilobytes: number) => {
    let left = kilobytes;
    return new ReadableStream<Uint8Array>({
      pull(controller) {
        if (left-- > 0) controller.enqueue(new Uint8Array(KILOBYTES).fill(97));
        else controller.close();
      },
    });
  };
  for (const path of ["/login", "/settings/profile", `/g/${guildId}/settings`]) {
    await t.step(path, async () => {
      assert.equal(await send(path, "a".repeat(100 * KILOBYTES)), 413);
      assert.equal(await send(path, pieces(100)), 413);
      assert.equal(await send(path, "{}", "application/json"), 415);
      assert.ok(await send(path, "a=b") < 500);
    });
  }
});
