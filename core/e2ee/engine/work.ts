import type { Group } from "../../mls/group.ts";
import { base64Of } from "../bytes.ts";
import type { GroupView } from "./calls.ts";
import { advance } from "./commits.ts";
import { chance } from "./core.ts";
import { renewals } from "./group_view.ts";
import { settle, submit } from "./handing_in.ts";
import { packagesFor } from "./member_packages.ts";
import type { RoomBox } from "./room_box.ts";
import { lookForWork, newerCertificate } from "./wanted.ts";

/** Commits that lose the race in a row before the device leaves it to others. */
const MAX_TRIES = 8;
/** On top of the wait for others, so that two do not collide for ever. */
const JITTER_MS = 500;

/** Leaves that are to go, as far as they are in the tree as the server says. */
async function removals(box: RoomBox, group: Group, wanted: GroupView["wanted"]["remove"]) {
  const found: number[] = [];
  const leaves = new Map(group.leaves().map((leaf) => [leaf.leaf, leaf]));
  for (const { leaf: number, user, device } of wanted) {
    const leaf = leaves.get(number);
    if (leaf === undefined || number === group.ownLeaf) continue;
    const certificate = await box.core.trust.certificateOf(leaf.credential, leaf.signatureKey);
    if (certificate?.user === user && certificate.device === device) found.push(number);
  }
  return found;
}

/**
 * Does what is wanted: compare-and-swap on the epoch, again with jitter where another commit came
 * first. @returns whether nothing is left that must be done before a message may be sent
 */
export async function doWork(box: RoomBox, only: "all" | "removals" = "all"): Promise<boolean> {
  const { core } = box;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    await settle(box);
    await advance(box);
    const work = await lookForWork(box);
    const { group } = box;
    if (work === undefined || group === undefined) return true;
    const remove = await removals(box, group, work.remove);
    const add = only === "all" ? await packagesFor(box, group, { add: work.add, remove }) : [];
    if (remove.length === 0 && add.length === 0 && !work.renew) return work.remove.length === 0;
    // A commit that only adds cannot show a certificate: the next round does.
    const onlyAdds = add.length > 0 && remove.length === 0;
    const credential = onlyAdds ? undefined : newerCertificate(box, group);
    const result = await core.mls.commit(group, {
      remove,
      add: add.map(({ bytes }) => bytes),
      ...(credential === undefined ? {} : { credential }),
    });
    await box.checkMembers(result.group);
    const ended = await submit(box, {
      hash: base64Of(result.commitHash),
      authHash: base64Of(result.authHash),
      baseEpoch: group.epoch,
      external: false,
      group: result.group,
      body: {
        base_epoch: group.epoch,
        commit: base64Of(result.commit),
        ...(result.welcome === undefined ? {} : { welcome: base64Of(result.welcome) }),
        group_info: base64Of(result.groupInfo),
      },
    });
    if (ended === "refused") return false;
    if (ended === "taken" && add.length === 0) await box.step({ meta: renewals(box) });
    if (ended === "lost") await core.ports.clock.sleep(chance(core) * JITTER_MS, core.signal);
  }
  return false;
}
