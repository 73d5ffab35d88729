import type { UserId } from "../../core/ids/user_id.ts";
import type { OwnProfile, ProfileReader } from "../../federation/handle/ports.ts";
import type { Sql } from "../postgres/sql.ts";

/** Profiles of accounts of this server. One that was ended shows nothing and still exists. */
export function profileReader(sql: Sql): ProfileReader {
  return {
    async find(user: UserId): Promise<OwnProfile | undefined> {
      const [row] = await sql<{
        display_name: string | null;
        avatar: string | null;
        bio: string | null;
        status: string | null;
        bot: boolean;
      }[]>`
        select p.display_name, p.avatar, p.bio, p.status, p.bot
        from users u join profiles p using (user_id) where u.user_id = ${user}`;
      if (row === undefined) return undefined;
      const { display_name: displayName, ...rest } = row;
      return { displayName, ...rest };
    },
  };
}
