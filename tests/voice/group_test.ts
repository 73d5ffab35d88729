import assert from "node:assert/strict";
import { base64Of } from "../../core/e2ee/bytes.ts";
import { type Caller, party, StandingClock, VOICE } from "../harness/callers.ts";
import { bytesOf } from "../harness/group_devices.ts";
import { startHomeserver } from "../harness/homeserver.ts";
import { waitFor } from "../harness/wait_for.ts";

/** What the call's media keys come from. */
async function secret({ device }: Caller): Promise<string> {
  const bytes = await device.mls.exportSecret(
    device.group,
    "SFrame 1.0 Base Key",
    new Uint8Array(),
    16,
  );
  return base64Of(bytes);
}

const asked = (who: Caller, epoch: number) =>
  who.hears(
    "voice.group",
    (d) => d.session === who.session && d.kind === "wanted" && d.epoch === epoch,
  );

/** Takes in the change that the gateway told of. */
async function follow(who: Caller, epoch: number): Promise<void> {
  const { commit } = await who.hears(
    "voice.group",
    (d) => d.session === who.session && d.kind === "commit" && d.commit.epoch === epoch,
  );
  const { device } = who;
  device.group = (await device.mls.process(device.group, bytesOf(commit.commit))).group;
}

const using = (who: Caller, epoch: number) =>
  who.hears(
    "voice.group",
    (d) => d.session === who.session && d.kind === "switch" && d.epoch === epoch,
  );

Deno.test("calls: the server orders the changes of the group, and whoever comes or goes changes the keys", async () => {
  const clock = new StandingClock();
  await using server = await startHomeserver({ settings: VOICE, clock });
  const { at, callers } = await party(server, ["ada", "bob", "cyd", "dan"]);
  const [ada, bob, cyd, dan] = callers as [Caller, Caller, Caller, Caller];

  // Who comes first founds; who comes is added by who was there the longest.
  const { group } = await ada.join(at);
  assert.deepEqual([group.epoch, group.wanted.committer], [-1, ada.session]);
  assert.equal((await asked(ada, -1)).wanted.committer, ada.session);
  assert.equal((await ada.found()).status, 200);
  await using(ada, 0);
  await bob.join(at);
  const { wanted } = await asked(ada, 0);
  assert.deepEqual(wanted.add.map(({ session }: { session: string }) => session), [bob.session]);
  assert.equal((await bob.found()).body.error.code, "stale_epoch");
  assert.equal((await ada.commitWanted()).status, 200);
  await bob.welcomed();
  assert.equal(await secret(ada), await secret(bob));
  // Who comes can open nothing yet: nobody waits for them.
  await using(ada, 1);
  await using(bob, 1);
  await bob.ready(1);

  // Two changes of one epoch: the first counts, the other one learns what it missed.
  await cyd.join(at);
  await dan.join(at);
  const late = await bob.device.commit({});
  assert.equal((await ada.commitWanted()).status, 200);
  const stale = await bob.send(late);
  assert.deepEqual([stale.status, stale.body.error.code], [409, "stale_epoch"]);
  assert.deepEqual(
    stale.body.error.details.commits.map(({ sender }: { sender: string }) => sender),
    [ada.session],
  );
  await follow(bob, 1);
  await cyd.welcomed();
  await dan.welcomed();
  // The keys are used once everybody has them who can hear.
  assert.equal(ada.told("voice.group").filter((d) => d.kind === "switch").length, 2);
  await bob.ready(2);
  await using(ada, 2);
  await using(cyd, 2);
  assert.equal(new Set(await Promise.all(callers.map(secret))).size, 1);

  // Whoever left is taken out with the next change, and holds none of the new keys.
  const former = await secret(dan);
  await dan.leave();
  await asked(ada, 2);
  const empty = await bob.commit({});
  assert.deepEqual([empty.status, empty.body.error.code], [409, "roster_mismatch"]);
  const { body: own } = await ada.commit({ remove: [0] }).catch(() => ({ body: undefined }));
  assert.equal(own?.error?.code ?? "refused by the device", "refused by the device");
  const wrong = await ada.commit({ remove: [1] });
  assert.deepEqual([wrong.status, wrong.body.error.details.reason], [422, "unwanted_removal"]);
  assert.equal((await ada.commitWanted()).status, 200);
  assert.notEqual(await secret(ada), former);
  await follow(bob, 2);
  await follow(cyd, 2);
  // Who does not answer is waited for only so long.
  await ada.ready(3);
  clock.shiftMs += 2100;
  await using(ada, 3);

  // Somebody who is asked and does nothing is passed over.
  await dan.join(at);
  await asked(ada, 3);
  clock.shiftMs += 5100;
  assert.equal((await asked(bob, 3)).wanted.committer, bob.session);
  // Or the joiner comes in by itself.
  const info = bytesOf((await dan.group()).group_info ?? "");
  const made = await dan.device.mls.externalJoin(info, dan.device.keys, { resync: false });
  assert.equal((await dan.send(made)).body.error.details.reason, "not_external");
  assert.equal((await dan.send(made, { external: true })).status, 200);
  // The same change again is answered as before; what was missed can be read.
  assert.equal((await dan.send(made, { external: true })).body.epoch, 4);
  const { group: now } = await bob.stay(2);
  assert.deepEqual(now.commits.map(({ epoch }) => epoch), [3]);
  for (const caller of [ada, bob, cyd]) await follow(caller, 3);
  assert.equal(new Set(await Promise.all(callers.map(secret))).size, 1);

  // Who leaves and is back before anybody took that in goes and comes with one change;
  await dan.leave();
  await dan.join(at);
  assert.equal((await ada.commitWanted()).status, 200);
  await dan.welcomed();
  for (const caller of [bob, cyd]) await follow(caller, 4);
  assert.equal(new Set(await Promise.all(callers.map(secret))).size, 1);
  // or with two, where the leave was on its way already.
  await dan.leave();
  const { wanted: gone } = await asked(ada, 5);
  const removal = await ada.device.commit({
    remove: gone.remove.map(({ leaf }: { leaf: number }) => leaf),
  });
  await dan.join(at);
  assert.equal((await ada.send(removal)).status, 200);
  assert.equal((await ada.commitWanted()).status, 200);
  await dan.welcomed();
  for (const caller of [bob, cyd]) {
    await follow(caller, 5);
    await follow(caller, 6);
  }
  assert.equal(new Set(await Promise.all(callers.map(secret))).size, 1);

  // Nobody is left who is in the group: whoever came last begins another one.
  await bob.leave();
  await cyd.leave();
  await dan.leave();
  await bob.join(at);
  await ada.leave();
  assert.equal((await asked(bob, -1)).wanted.committer, bob.session);
  assert.equal((await bob.found()).status, 200);
  assert.equal((await bob.group()).leaves.length, 1);
});

Deno.test("calls: however many join, leave and come again at once, the keys change a bounded number of times", async () => {
  await using server = await startHomeserver({ settings: VOICE, clock: new StandingClock() });
  const names = ["ada", "bob", "cyd", "dan", "eve", "fay", "gus", "hal"];
  const { at, callers } = await party(server, names);
  const [ada, ...others] = callers;
  const sameSecret = async () =>
    assert.equal(new Set(await Promise.all(callers.map(secret))).size, 1);

  await ada.join(at);
  assert.equal((await ada.found()).status, 200);
  // All at once: one change lets all of them in, and its keys are used at once.
  await Promise.all(others.map((each) => each.join(at)));
  assert.equal((await asked(ada, 0)).wanted.committer, ada.session);
  assert.equal((await ada.commitWanted()).status, 200);
  await Promise.all(others.map((each) => each.welcomed()));
  await Promise.all(callers.map((each) => using(each, 1)));
  await sameSecret();

  // All leave and come again while the first who left is being taken out: one change for that one,
  // and one for all the rest.
  const [first, ...rest] = others;
  assert.ok(first);
  await first.leave();
  const { wanted } = await asked(ada, 1);
  const removal = await ada.device.commit({
    remove: wanted.remove.map(({ leaf }: { leaf: number }) => leaf),
  });
  await Promise.all(rest.map((each) => each.leave()));
  await Promise.all(others.map((each) => each.join(at)));
  // What was asked for first is enough: who left since does not hold it up, and goes with the next.
  assert.equal((await ada.send(removal)).status, 200);
  const { wanted: next } = await asked(ada, 2);
  const back = next.add.find(({ user }: { user: string }) => user === first.id);
  const half = await ada.device.commit({ add: [bytesOf(back.key_package)] });
  assert.equal((await ada.send(half)).body.error.code, "roster_mismatch");
  assert.equal((await ada.commitWanted()).status, 200);
  await Promise.all(others.map((each) => each.welcomed()));
  await Promise.all(callers.map((each) => using(each, 3)));
  await sameSecret();
  const { epoch, wanted: lacks } = await ada.group();
  assert.deepEqual([epoch, lacks.add, lacks.remove], [3, [], []]);
});

Deno.test("calls: who goes, or comes again, while they are being let in holds up nobody, and gets no keys by it", async () => {
  await using server = await startHomeserver({ settings: VOICE, clock: new StandingClock() });
  const { at, callers } = await party(server, ["ada", "bob", "cyd"]);
  const [ada, bob, cyd] = callers as [Caller, Caller, Caller];
  await ada.join(at);
  assert.equal((await ada.found()).status, 200);
  await bob.join(at);
  await cyd.join(at);
  const letIn = async (epoch: number) => {
    const { wanted } = await waitFor(
      "ada to be asked for both",
      () =>
        ada.told("voice.group").find((d) =>
          d.kind === "wanted" && d.epoch === epoch && d.wanted.add.length === 2
        ),
    );
    return await ada.device.commit({
      add: wanted.add.map(({ key_package }: { key_package: string }) => bytesOf(key_package)),
    });
  };
  const made = await letIn(0);
  await bob.leave();
  await cyd.leave();
  await cyd.join(at);
  assert.equal((await ada.send(made)).status, 200);
  // Neither is in by it: one is gone, the other one there with a stay that is not in the group.
  const { wanted, leaves } = await ada.group();
  assert.equal(leaves.length, 3);
  assert.deepEqual(wanted.add.map(({ session }) => session), [cyd.session]);
  assert.deepEqual(wanted.remove.map(({ user }) => user).sort(), [bob.id, cyd.id].sort());
  const { commit, welcome } = await cyd.hears(
    "voice.group",
    (d) => d.session === cyd.session && d.kind === "commit",
  );
  assert.deepEqual([commit.epoch, welcome], [0, null]);
  assert.equal((await ada.commitWanted()).status, 200);
  await cyd.welcomed();
  assert.equal(await secret(ada), await secret(cyd));
  assert.equal((await ada.group()).leaves.length, 2);
  // A package that nobody was asked to add in this epoch adds nobody.
  const { body } = await ada.commit({ add: [(await bob.device.makePackage()).publicBytes] });
  assert.equal(body.error.code, "roster_mismatch");
});

Deno.test("calls: whoever is ready for an epoch is asked to change it, and stays asked as more is wanted", async () => {
  const clock = new StandingClock();
  await using server = await startHomeserver({ settings: VOICE, clock });
  const { at, callers } = await party(server, ["ada", "bob", "cyd", "dan"]);
  const [ada, bob, cyd, dan] = callers as [Caller, Caller, Caller, Caller];
  await ada.join(at);
  assert.equal((await ada.found()).status, 200);
  await bob.join(at);
  assert.equal((await ada.commitWanted()).status, 200);
  await bob.welcomed();
  await bob.ready(1);

  // Who is asked and does nothing is passed over; whoever made the last change is asked first.
  await cyd.join(at);
  await asked(ada, 1);
  clock.shiftMs += 5100;
  await asked(bob, 1);
  assert.equal((await bob.commitWanted()).status, 200);
  await dan.join(at);
  const { wanted } = await asked(bob, 2);
  assert.deepEqual(wanted.add.map(({ session }: { session: string }) => session), [dan.session]);
  // Somebody who is ready by now does not take it from them.
  await follow(ada, 1);
  await ada.ready(2);
  await cyd.leave();
  await waitFor(
    "bob to be asked for both",
    () =>
      bob.told("voice.group").some((d) =>
        d.kind === "wanted" && d.epoch === 2 && d.wanted.add.length === 1 &&
        d.wanted.remove.length === 1
      ),
  );
  assert.equal(ada.told("voice.group").some((d) => d.kind === "wanted" && d.epoch === 2), false);
  assert.equal((await bob.commitWanted()).status, 200);
});
