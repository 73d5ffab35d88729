/** Unread counts stop here: people read "99+". */
export const UNREAD_COUNT_MAX = 100;

/** How many reactors a reaction names: the first ones. */
export const REACTORS_SHOWN = 8;

/** Replies of a thread are counted up to here: people read "999+". */
export const THREAD_COUNT_MAX = 1000;
/** Faces shown beside the number of replies. */
export const THREAD_FACES = 3;
/** Threads that a client is told of at once as its own: those last written in. */
export const OWN_THREADS_MAX = 100;

/** Characters of a replied-to message shown above the reply. */
const EXCERPT_CHARS = 160;

/** What a reply shows of the message that it answers; null where that was deleted. */
export function excerptOf(
  message: { readonly body: string; readonly files: number; readonly gone: boolean },
): string | null {
  const { body, files, gone } = message;
  if (gone) return null;
  if (body !== "" || files === 0) return body.slice(0, EXCERPT_CHARS);
  return files > 1 ? `${files} files` : "1 file";
}
