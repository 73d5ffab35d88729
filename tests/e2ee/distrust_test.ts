/** What devices make of a server and of a member that do not keep to the rules of a group. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { base64Of } from "../../core/e2ee/bytes.ts";
import type { GroupCommit, Receipt } from "../../core/api/e2ee_groups.ts";
import { Group } from "../../core/mls/group.ts";
import { systemRng } from "../../server/system/rng.ts";
import { DeviceClient } from "../harness/device_client.ts";
import { GroupDevice, testMls } from "../harness/group_devices.ts";
import { makeGuild, type Person, startHomeserver } from "../harness/homeserver.ts";
import { commitAnything } from "../harness/mls_hostile.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { lie } from "./lie.ts";

const CHANNEL = { kind: "channel" } as const;

Deno.test("a server's false receipts are not followed, a member's useless commits are bounded, and both are named", async (t) => {
  await using server = await startHomeserver();
  await using folder = await tempFolder();
  await using stack = new AsyncDisposableStack();
  const { owner: ada, members, guildId } = await makeGuild(server, ["ada", "bo", "mallory"]);
  const [bo, mallory] = members as [Person, Person];
  const { room_id: roomId } = await ada.do("POST", "/channels", {
    guild_id: guildId,
    kind: "text",
    name: "council",
    private: true,
  });
  const open = async (person: Person, name: string) => {
    const client = stack.use(
      await DeviceClient.open(person, { folder: join(folder.path, name) }),
    );
    await client.engine.setUp({ name });
    return client;
  };
  const [a, b] = [await open(ada, "ada"), await open(bo, "bo")];
  const { device: m } = await GroupDevice.first(await testMls(), mallory);
  await m.upload(4, { lastResort: true });
  for (const person of [bo, mallory]) {
    await ada.do("POST", "/invite", { room_id: roomId, user_id: person.id });
  }
  await a.engine.enable(roomId, CHANNEL);
  await b.engine.sync(roomId);
  await b.until(roomId, "in", ({ phase }) => phase === "encrypted");
  await m.join();
  await a.send(roomId, "hello");
  assert.deepEqual(await b.texts(roomId), ["hello"]);

  await t.step("receipts are checked as they come", async () => {
    for (const client of [a, b]) {
      const health = await client.engine.health(roomId);
      assert.deepEqual(
        [health.sequencer, health.receipts, health.problems, health.paused],
        [ada.id.split(":")[1], "checked", [], false],
      );
    }
  });

  /** The group moves on by mallory's hand, as it should. */
  const renew = async () => {
    await m.catchUp(roomId);
    assert.equal((await m.send(roomId, await m.commit())).status, 200);
  };

  await t.step("a receipt that the ordering server did not sign is not followed", async () => {
    const { epoch } = b.engine.room(roomId);
    const honest = lie(b, "listCommits", (answer: { commits: GroupCommit[] }) => ({
      ...answer,
      commits: answer.commits.map((each) => ({
        ...each,
        receipt: { ...each.receipt, ts: each.receipt.ts + 1 },
      })),
    }));
    await renew();
    await assert.rejects(b.engine.sync(roomId), /did not sign/);
    const state = b.engine.room(roomId);
    assert.deepEqual([state.epoch, state.reasons], [epoch, ["order_disputed"]]);
    const { problems } = await b.engine.health(roomId);
    assert.deepEqual(problems.map(({ kind }) => kind), ["bad_receipt"]);
    honest();
    await b.engine.sync(roomId);
    assert.deepEqual(b.engine.room(roomId).reasons, []);
    await a.send(roomId, "and on");
    assert.equal((await b.texts(roomId)).at(-1), "and on");
  });

  await t.step("a false signature in what a server says of a group is named", async () => {
    await renew();
    const { epoch = 0 } = await b.engine.sync(roomId);
    const honest = lie(b, "getGroup", (answer: { receipt: Receipt }) => ({
      ...answer,
      receipt: { ...answer.receipt, ts: answer.receipt.ts + 1 },
      contradictions: [{
        epoch: 0,
        receipts: [answer.receipt, { ...answer.receipt, auth_hash: answer.receipt.commit_hash }],
      }],
    }));
    await b.engine.sync(roomId);
    honest();
    const { problems } = await b.engine.health(roomId);
    const named = problems.filter(({ kind }) => kind === "bad_receipt");
    // The latest first: the pair, the receipt, and the one that was not followed before.
    assert.deepEqual(named.map((problem) => problem.epoch), [0, epoch - 1, epoch - 2]);
    assert.deepEqual(b.engine.room(roomId).reasons, []);
  });

  await t.step(
    "two stories for one epoch are found out, and the group is joined anew",
    async () => {
      const { sql } = server.parts.database;
      for (const name of ["mls_groups", "mls_leaves", "mls_commits"]) {
        await sql.unsafe(`create table former_${name} as select * from ${name}`);
      }
      await m.catchUp(roomId);
      const before = m.group;
      await renew();
      for (const client of [a, b]) await client.engine.sync(roomId);
      // The ordering server goes back, and orders another change of the same epoch.
      await sql`delete from mls_groups`;
      for (const name of ["mls_groups", "mls_leaves", "mls_commits"]) {
        await sql.unsafe(`insert into ${name} select * from former_${name}`);
      }
      m.group = before;
      assert.equal((await m.send(roomId, await m.commit())).status, 200);
      // Whoever looks first sees both stories, and joins anew. Whoever looks after that sees a
      // change that does not go on from what it was told.
      const kinds: string[] = [];
      for (const client of [a, b]) {
        await client.engine.sync(roomId);
        const { problems } = await client.engine.health(roomId);
        const told = problems.filter(({ kind }) =>
          kind === "two_stories" || kind === "broken_chain"
        );
        assert.deepEqual([...new Set(told.map(({ epoch }) => epoch))], [before.epoch]);
        kinds.push(...told.map(({ kind }) => kind));
      }
      assert.ok(kinds.includes("two_stories"), kinds.join(", "));
      await b.send(roomId, "after two stories");
      assert.equal((await a.texts(roomId)).at(-1), "after two stories");
    },
  );

  await t.step(
    "useless secrets: the maker is named, two ways in are paid for, no more",
    async () => {
      /** A commit of mallory's whose secrets lead nobody else anywhere. */
      const spoil = async () => {
        await m.catchUp(roomId);
        const { state } = m.group;
        const initSecret = systemRng.bytes(32);
        const made = await commitAnything(
          { ...state, keySchedule: { ...state.keySchedule, initSecret } },
          [],
          systemRng,
        );
        const group = new Group(made.state);
        const answer = await mallory.try("POST", `/rooms/${roomId}/group/commits`, {
          base_epoch: Number(state.groupContext.epoch),
          commit: base64Of(made.commit),
          group_info: base64Of(await m.mls.groupInfo(group)),
        });
        if (answer.status === 200) m.group = group;
        return answer;
      };
      for (let times = 0; times < 2; times++) {
        const { status, body } = await spoil();
        assert.equal(status, 200, JSON.stringify(body));
        for (const client of [a, b]) await client.engine.sync(roomId);
        await a.send(roomId, `after ${times}`);
        assert.equal((await b.texts(roomId)).at(-1), `after ${times}`);
      }
      const third = await spoil();
      assert.deepEqual(
        [third.status, third.body.error.details.reason],
        [422, "useless_commits"],
      );
      for (const client of [a, b]) {
        const { problems } = await client.engine.health(roomId);
        const named = problems.filter(({ kind }) => kind === "useless_commit");
        assert.deepEqual(
          named.map(({ user, device }) => ({ user, device })),
          [m.ref, m.ref],
        );
        assert.deepEqual(client.engine.room(roomId).reasons, []);
      }
    },
  );
});
