import assert from "node:assert/strict";
import { type FederatedServer, startServers } from "./federated.ts";
import { makeGuild, type Person } from "./homeserver.ts";
import { waitFor } from "./wait_for.ts";

/** How long one server may take to hear of another's, on a busy machine. */
export const ACROSS_MS = 120_000;

/** A guild of the first of two servers, in which somebody of the second one is. */
export interface SharedGuild extends AsyncDisposable {
  readonly federation: Awaited<ReturnType<typeof startServers>>;
  readonly one: FederatedServer;
  readonly two: FederatedServer;
  /** On the first server, as is `eve`. */
  readonly owner: Person;
  readonly eve: Person;
  /** On the second, joined and checked. */
  readonly bea: Person;
  readonly guildId: string;
  readonly general: string;
}

/** Somebody comes in by an invite of the first server, and their server has checked the guild. */
export async function joinGuild(
  person: Person,
  { code, guildId }: { readonly code: string; readonly guildId: string },
): Promise<void> {
  await person.do("POST", "/join", { link: `${code}@one.test` });
  await waitFor(
    `the guild to be checked for ${person.id}`,
    async () => (await person.do("GET", `/guilds/${guildId}`)).checking === null,
    ACROSS_MS,
  );
}

export async function shareGuild(): Promise<SharedGuild> {
  await using stack = new AsyncDisposableStack();
  const federation = stack.use(await startServers(2));
  const { servers: [one, two] } = federation;
  assert.ok(one && two);
  const { owner, members: [eve], guildId, general } = await makeGuild(one, ["olga", "eve"]);
  assert.ok(eve);
  const { code } = await owner.do("POST", "/invites", { guild_id: guildId });
  const bea = await two.register("bea");
  await joinGuild(bea, { code, guildId });
  const owned = stack.move();
  return {
    federation,
    one,
    two,
    owner,
    eve,
    bea,
    guildId,
    general,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
