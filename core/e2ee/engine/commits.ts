import { GroupLost } from "./core.ts";
import { fetched } from "./part.ts";
import type { RoomBox } from "./room_box.ts";

/** Pages of missed commits that are read in one go: 10,000 commits. */
const MAX_PAGES = 100;

/** Fetched with the first commit of others, or of one's own that is looked for in the log. */
const taking = () => fetched(() => import("./take_commit.ts"));

/** Takes the commits that were made since, up to an epoch or to the end of the log. */
export async function advance(box: RoomBox, upTo = Infinity): Promise<void> {
  for (let page = 0; page < MAX_PAGES && box.group !== undefined; page++) {
    if (box.group.epoch >= upTo) return;
    const { commits, has_more, gone } = await box.core.ports.transport.call("listCommits", {
      params: { room_id: box.roomId },
      query: { after_epoch: box.group.epoch - 1 },
    }, box.core.signal);
    if (gone) throw new GroupLost("state_lost", `Commits since epoch ${box.group.epoch} are gone`);
    for (const logged of commits) {
      if (box.group === undefined || box.group.epoch >= upTo) return;
      if (logged.epoch >= box.group.epoch) await (await taking()).takeCommit(box, logged);
    }
    if (!has_more) return;
  }
}
