/** An administrator closes a server out, and lets it in again, while the server runs. OPERATIONS.md. */
import assert from "node:assert/strict";
import { waitFor } from "../harness/wait_for.ts";
import { openSiege, untilShown } from "./siege.ts";

Deno.test("a server that is put on the block list is neither answered nor asked from then on, until it is taken off", async (t) => {
  await using siege = await openSiege();
  const { owner, peer, server, general } = siege;
  const guest = await siege.enter();
  const set = (values: Record<string, unknown>) => owner.try("PATCH", "/admin/settings", values);
  const status = async () => {
    const said = await guest.say(general, `at ${crypto.randomUUID()}`);
    return (await guest.transact({ pdus: [said.pdu as never] })).status;
  };
  assert.equal(await status(), 200);

  await t.step("what names no server is refused and changes nothing", async () => {
    const refused = await set({ federation_block: "good.test, h t t p" });
    assert.equal(refused.status, 400);
    assert.match(refused.body.error.message, /"h t t p" names no server/);
    assert.equal((await owner.do("GET", "/admin/settings")).settings.federation_block, null);
  });

  await t.step("blocked: refused in both directions", async () => {
    assert.equal(
      (await set({ federation_block: "other.test, *.evil.test, EVIL.test" })).status,
      200,
    );
    await waitFor("the server to be refused", async () => await status() === 403);
    const tested = await owner.do("POST", `/admin/federation/${peer.name}/test`);
    assert.equal(tested.error.kind, "policy");
    const blocked = await waitFor("the list to show it", async () => {
      const { destinations } = await owner.do("GET", "/admin/federation");
      return destinations.find(({ state }: { state: string }) => state === "blocked");
    });
    assert.deepEqual(
      [blocked.server, blocked.blocked_code, blocked.blocked_reason],
      [peer.name, "block", `${peer.name} is on the block list (federation.block)`],
    );
    const { entries } = await owner.do("GET", "/admin/configuration");
    const entry = entries.find(({ id }: { id: string }) => id === "federation.block");
    assert.equal(entry.origin, "pages");
    assert.match(entry.value, /EVIL\.test/);
  });

  await t.step("taken off: heard again", async () => {
    assert.equal((await set({ federation_block: null })).status, 200);
    await waitFor("the server to be answered", async () => await status() === 200);
    const said = await guest.say(general, "back again");
    await guest.push([said]);
    await untilShown(siege, "back again");
  });

  await t.step("an allow list closes everybody else out", async () => {
    assert.equal((await set({ federation_allow: "friends.test" })).status, 200);
    // Test peers of the configuration are let in by it.
    assert.equal(await status(), 200);
    const refusal = server.parts.federation?.policy.refusal;
    await waitFor(
      "a stranger to be refused",
      () => refusal?.("stranger.example" as never)?.includes("allow list") === true,
    );
    assert.equal(refusal?.("friends.test" as never), undefined);
  });
});
