import type { Media } from "../../../core/api/media.ts";
import type { MessageMedia } from "../../../core/api/message.ts";

/** A file as servers hold it, and what opens it. */
export interface StoredFile {
  readonly uri: string;
  readonly key: string;
  readonly hash: string;
  /** Bytes of the file itself. */
  readonly size: number;
}

/** How a file that servers only hold encrypted is opened. */
export interface MediaLock {
  /** Base64 of 32 bytes. */
  readonly key: string;
  /** Base64 SHA-256 of what is stored. */
  readonly hash: string;
  /** A smaller picture of it. */
  readonly thumb: StoredFile | undefined;
}

/** A file of an encrypted message, as it is shown. */
export type LockedMedia = MessageMedia & { readonly lock: MediaLock };

/** The lock of a file; undefined where servers can read it. */
export function lockOf(media: Media | MessageMedia): MediaLock | undefined {
  return (media as Partial<LockedMedia>).lock;
}
