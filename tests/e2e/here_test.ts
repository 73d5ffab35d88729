/** Whoever is on any page of the server is there for others, not on those of the chat alone. */
import assert from "node:assert/strict";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { makeGuild, startHomeserver } from "../harness/homeserver.ts";
import { waitFor } from "../harness/wait_for.ts";
import { settled } from "./people.ts";
import { signIn } from "./scene.ts";

Deno.test("who is in the settings is there for others, with scripts or without", async () => {
  await using server = await startHomeserver();
  const { owner: ann, members: [bob, cat] } = await makeGuild(server, ["ann", "bob", "cat"]);
  assert.ok(bob && cat);
  await ann.do("POST", "/dms", { user_id: bob.id });
  await ann.do("POST", "/dms", { user_id: cat.id });
  const seen = async (id: string) => (await ann.do("GET", "/sync")).snapshot.presences[id];
  const browser = await launchBrowser();
  {
    await using desk = await openPerson(browser);
    await using bare = await openPerson(browser, { scripts: false });
    await desk.context.clock.install();
    await signIn(desk.context, server.url, "bob");
    await signIn(bare.context, server.url, "cat");
    assert.deepEqual([await seen(bob.id), await seen(cat.id)], [undefined, undefined]);
    await bob.do("PUT", "/account/presence", { presence: "dnd" });
    await desk.page.goto(`${server.url}/settings/profile`);
    await bare.page.goto(`${server.url}/settings/profile`);
    await waitFor(
      "both to be there",
      async () => await seen(bob.id) === "dnd" && await seen(cat.id) === "online",
    );
    // The page goes on saying so for as long as it is open.
    const said = desk.page.waitForResponse((answer) => answer.url().endsWith("/account/here"));
    await desk.page.clock.fastForward(30_000);
    assert.equal((await said).status(), 200);
    // The chat has a connection, which says it.
    const called: string[] = [];
    desk.page.on("request", (request) => called.push(new URL(request.url()).pathname));
    await desk.page.goto(`${server.url}/home`);
    await settled(desk.page);
    await desk.page.clock.fastForward(60_000);
    await waitFor("the chat to be online", async () => await seen(bob.id) === "dnd");
    assert.deepEqual(called.filter((path) => path.endsWith("/here")), []);
    assert.deepEqual(desk.faults, []);
  }
  await browser.close();
});
