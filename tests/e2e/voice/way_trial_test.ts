/** Whether calls get through, as the settings of voice find it out. */
import assert from "node:assert/strict";
import { freePort } from "../../../scripts/lib/free_port.ts";
import { findBarriers } from "../../harness/axe.ts";
import { openPerson } from "../../harness/browser.ts";
import { startProcessServer } from "../../harness/process_server.ts";
import { launchTalker } from "../../harness/talker.ts";
import { tempFolder } from "../../harness/temp_folder.ts";
import { settled } from "../people.ts";
import { signIn } from "../scene.ts";
import { LOOPBACK_VOICE } from "./in_call.ts";

Deno.test("the settings say whether this browser reaches the server's voice, and where it would be", async () => {
  await using folder = await tempFolder();
  const port = freePort();
  await using server = await startProcessServer({
    ...LOOPBACK_VOICE,
    OPENGUILD_VOICE_PORT: String(port),
  });
  await server.register("ann");
  await using stack = new AsyncDisposableStack();
  const browser = await launchTalker(folder.path, 440);
  stack.defer(() => browser.close());
  await using ann = await openPerson(browser);
  const { page } = ann;
  await signIn(ann.context, server.url, "ann");
  await page.goto(`${server.url}/settings/voice`);
  await settled(page);
  const test = page.getByRole("button", { name: "Test the connection" });
  const part = page.getByRole("region", { name: "Connection" });
  /** Changes where the server says that it is. */
  const once = (change: (sdp: string) => string) =>
    page.route(/\/voice\/trials$/, async (route) => {
      const response = await route.fetch();
      const begun = await response.json();
      const offer = { ...begun.offer, sdp: change(begun.offer.sdp) };
      await route.fulfill({ response, json: { ...begun, offer } });
    }, { times: 1 });

  await test.click();
  await part.getByText("Calls get through from here.").waitFor();
  assert.match(await part.innerText(), /There and back takes \d+ ms\./);
  await once((sdp) => sdp.replaceAll(/^a=candidate:\d+ 1 udp .*\r\n/gm, ""));
  await test.click();
  await part.getByText("Calls get through by a detour (TCP)").waitFor();
  const shut = freePort();
  await once((sdp) => sdp.replaceAll(` ${port} typ`, ` ${shut} typ`));
  await test.click();
  await part.getByText("Nothing got through").waitFor();
  assert.deepEqual(await part.getByRole("listitem").allInnerTexts(), [
    `127.0.0.1 (UDP ${shut})`,
    `127.0.0.1 (TCP ${shut})`,
  ]);
  assert.deepEqual(await findBarriers(page), []);
  // Nobody was in a call by it, and it goes again.
  await test.click();
  await part.getByText("Calls get through from here.").waitFor();
  assert.deepEqual(ann.faults, []);
});
