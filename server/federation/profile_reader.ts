import type { ServerName } from "../../core/ids/server_name.ts";
import { serverOf, type UserId } from "../../core/ids/user_id.ts";
import type { OwnProfile, ProfileReader } from "../../federation/handle/ports.ts";
import type { Sql } from "../postgres/sql.ts";

/**
 * Profiles of accounts and webhooks of this server. An account that was ended shows nothing and
 * still exists; a webhook's profile stays after it. Of people of other servers, whose profiles lie
 * beside, nothing is said: it would tell whom this server knows.
 */
export function profileReader(
  { sql, serverName }: { readonly sql: Sql; readonly serverName: ServerName },
): ProfileReader {
  return {
    async find(user: UserId): Promise<OwnProfile | undefined> {
      if (serverOf(user) !== serverName) return undefined;
      const [row] = await sql<{
        display_name: string | null;
        avatar: string | null;
        avatar_blake3: string | null;
        bio: string | null;
        status: string | null;
        bot: boolean;
      }[]>`
        select p.display_name, p.avatar, m.blake3 as avatar_blake3, p.bio, p.status, p.bot
        from profiles p left join media m on m.media_id = split_part(p.avatar, '/', 4) and m.state = 'stored'
        where p.user_id = ${user}`;
      if (row === undefined) return undefined;
      const { display_name: displayName, avatar_blake3: avatarBlake3, ...rest } = row;
      return { displayName, avatarBlake3, ...rest };
    },
  };
}
