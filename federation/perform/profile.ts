import { getProfile } from "../../core/api/federation/people.ts";
import { type MediaUri, parseMediaUri, serverOfMedia } from "../../core/ids/media_uri.ts";
import { serverOf, type UserId } from "../../core/ids/user_id.ts";
import { type Transport, TransportError } from "../ports.ts";

/** A user of another server, as that server says. */
export interface RemoteProfile {
  readonly displayName: string | null;
  /** A file of the user's own server. */
  readonly avatar: MediaUri | null;
  /** base58 of the BLAKE3 of its bytes, where the server says it. */
  readonly avatarBlake3: string | null;
  readonly bio: string | null;
  readonly status: string | null;
  readonly bot: boolean;
}

export type ProfileAnswer =
  | { readonly kind: "found"; readonly profile: RemoteProfile }
  /** The server says that there is no such user. */
  | { readonly kind: "absent" }
  | { readonly kind: "unreachable"; readonly error: TransportError };

/** Asks a user's own server, and nobody else, who they are. */
export async function askProfile(
  transport: Pick<Transport, "call">,
  user: UserId,
  signal?: AbortSignal,
): Promise<ProfileAnswer> {
  const server = serverOf(user);
  try {
    const answer = await transport.call(
      server,
      getProfile,
      { user },
      signal === undefined ? {} : { signal },
    );
    if (answer.user !== user) return { kind: "absent" };
    const avatar = answer.avatar === null ? undefined : parseMediaUri(answer.avatar);
    const own = avatar !== undefined && serverOfMedia(avatar) === server ? avatar : null;
    return {
      kind: "found",
      profile: {
        displayName: answer.display_name,
        avatar: own,
        avatarBlake3: answer.avatar_blake3 ?? null,
        bio: answer.bio,
        status: answer.status,
        bot: answer.bot,
      },
    };
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    return error.kind === "refused" ? { kind: "absent" } : { kind: "unreachable", error };
  }
}
