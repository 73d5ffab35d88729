import type { Page } from "playwright-core";
import type { Scene } from "./scene.ts";

/**
 * Answers the page's questions for members as a guild of `count` would: those who are there, then
 * made-up ones. To make so many accounts takes longer than everything that is looked at.
 */
export async function manyMembers(page: Page, scene: Scene, count: number): Promise<void> {
  const { members: real } = await scene.ann.do(
    "GET",
    `/guilds/${encodeURIComponent(scene.guildId)}/members?limit=200`,
  );
  const server = scene.ann.id.split(":")[1];
  const made = Array.from({ length: count - real.length }, (_, i) => {
    const name = `gardener${String(i).padStart(5, "0")}`;
    return {
      ...real[0],
      user: { ...real[0].user, id: `@${name}:${server}`, display_name: null, status: null },
      nickname: null,
      roles: [],
      presence: "offline",
    };
  });
  const all = [...real, ...made];
  await page.route(/\/guilds\/[^/]+\/members\?/, async (route) => {
    const query = new URL(route.request().url()).searchParams;
    const after = query.get("after");
    const from = after === null ? 0 : all.findIndex((member) => member.user.id === after) + 1;
    const members = all.slice(from, from + Number(query.get("limit")));
    const more = from + members.length < all.length;
    await route.fulfill({
      json: { members, total: all.length, next: more ? members.at(-1)?.user.id : null },
    });
  });
}
