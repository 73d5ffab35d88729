import { getProfile as operation } from "../../core/api/federation/people.ts";
import { parseUserId } from "../../core/ids/user_id.ts";
import { defineHandler } from "../ports.ts";
import { notHere } from "./not_here.ts";
import type { ProfileReader } from "./ports.ts";

/** A user of this server as everybody may see them; profiles are shown to whoever knows the name. */
export function profileHandler({ profiles }: { readonly profiles: ProfileReader }) {
  return defineHandler({
    operation,
    async answer(_asked, request) {
      const user = parseUserId(request.user);
      const profile = user === undefined ? undefined : await profiles.find(user);
      if (user === undefined || profile === undefined) throw notHere();
      return {
        user,
        display_name: profile.displayName,
        avatar: profile.avatar,
        avatar_blake3: profile.avatarBlake3,
        bio: profile.bio,
        status: profile.status,
        bot: profile.bot,
      };
    },
  });
}
