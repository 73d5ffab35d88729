import assert from "node:assert/strict";
import { validateRatchetTree } from "ts-mls/clientState.js";
import type { Group } from "../../core/mls/group.ts";
import { makeSuite } from "../../core/mls/suite.ts";
import { casesOf, progressOf } from "../harness/cases.ts";
import { LIFE, makeDeviceKeys, type MlsRoom, openRoom, takeAll } from "../harness/mls_people.ts";

const TREES = casesOf("G29_TREES", 3);
const FIRST_SEED = casesOf("G29_SEED", 1);
const MEMBERS = 20;
const STEPS = 14;
/** Members that go on changing the group; what the others know does not matter here. */
const ACTIVE = [0, 7, 13];

/** Adds without a path, removals anywhere, renewals: they leave trees of every legal shape. */
async function change(room: MlsRoom, step: number): Promise<void> {
  const { rng, mls, groups } = room;
  const by = rng.below(groups.length);
  const kept = new Set(groups.map((group) => group.ownLeaf));
  const others = groups[by]!.leaves().filter(({ leaf }) => !kept.has(leaf));
  const kind = rng.below(4);
  if (kind < 2) {
    const keys = await makeDeviceKeys(rng, `@new${step}`, "A");
    const package_ = await mls.keyPackage(keys, LIFE);
    const made = await mls.commit(groups[by]!, { add: [package_.publicBytes] });
    await takeAll(room, by, made);
    assertSame(await mls.join(made.welcome!, package_, keys), groups[0]!);
  } else if (kind === 2 && others.length > 4) {
    const { leaf } = others[rng.below(others.length)]!;
    await takeAll(room, by, await mls.commit(groups[by]!, { remove: [leaf] }));
  } else await takeAll(room, by, await mls.commit(groups[by]!, {}));
}

function assertSame(a: Group, b: Group): void {
  assert.deepEqual(a.authenticator, b.authenticator);
}

/** Whether the library's own check would have let the next newcomer in. */
async function passesLibrary({ state }: Group, room: MlsRoom): Promise<boolean> {
  const { groupContext, clientConfig, ratchetTree } = state;
  return await validateRatchetTree(
    ratchetTree,
    groupContext,
    clientConfig.lifetimeConfig,
    clientConfig.authService,
    groupContext.treeHash,
    await makeSuite(room.rng),
  ) === undefined;
}

Deno.test(`T15: every newcomer joins ${TREES} random groups of ${MEMBERS}, both ways`, async () => {
  let refusedByLibrary = 0;
  const tell = progressOf("groups that are joined", TREES);
  for (let seed = FIRST_SEED; seed < FIRST_SEED + TREES; seed++) {
    tell(seed - FIRST_SEED);
    const room = await openRoom(seed, MEMBERS);
    const { rng, mls, groups } = room;
    groups.splice(0, groups.length, ...ACTIVE.map((at) => groups[at]!));
    for (let step = 0; step < STEPS; step++) {
      try {
        await change(room, step);
        const keys = await makeDeviceKeys(rng, "@outside", "A");
        const info = await mls.groupInfo(groups[0]!);
        const come = await mls.externalJoin(info, keys, { resync: false });
        assertSame((await mls.process(groups[1]!, come.commit)).group, come.group);
        if (!await passesLibrary(groups[0]!, room)) refusedByLibrary++;
      } catch (error) {
        throw new Error(`Tree ${seed}, step ${step}: ${error}`, { cause: error });
      }
    }
  }
  assert.ok(refusedByLibrary > 0, "the library would have refused none of these: no test of T15");
});
