import { type Homeserver, makeGuild, type Person } from "../harness/homeserver.ts";

/** People of one guild, who may write to each other. */
export async function befriended<const Names extends readonly string[]>(
  server: Homeserver,
  names: Names,
): Promise<{ [At in keyof Names]: Person }> {
  const { owner, members } = await makeGuild(server, names);
  return [owner, ...members] as { [At in keyof Names]: Person };
}
