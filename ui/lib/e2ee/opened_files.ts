import { fromBase64 } from "../../../core/e2ee/bytes.ts";
import { openFile } from "../../../core/e2ee/attachment.ts";
import { t } from "../i18n/t.ts";
import { mediaUrl } from "../format/media_url.ts";
import type { MessageMedia } from "../../../core/api/message.ts";
import { lockOf, type StoredFile } from "../store/locked_media.ts";

/** Opened files that stay at hand when nothing shows them any more, and their bytes. */
const IDLE_FILES = 60;
const IDLE_BYTES = 64 * 1024 * 1024;

/** Types that a browser shows as what they are; anything else is no more than bytes to it. */
const SHOWN = /^(image\/(png|jpeg|gif|webp|avif)|video\/|audio\/)/;

interface Opened {
  readonly url: Promise<string>;
  readonly size: number;
  shown: number;
}

const opened = new Map<string, Opened>();

/** The file itself; undefined where servers can read it, which no payload of ours names. */
export function wholeFile(media: MessageMedia): StoredFile | undefined {
  const lock = lockOf(media);
  return lock && { uri: media.uri, key: lock.key, hash: lock.hash, size: media.size };
}

/** Fetches a file and opens it. */
export async function openBytes(
  { uri, key, hash, size }: StoredFile,
  type: string,
): Promise<Blob> {
  const response = await fetch(mediaUrl(uri), { credentials: "same-origin" });
  if (!response.ok || !response.body) throw new Error(t("refused.unreadable"));
  const [keyBytes, hashBytes] = [fromBase64(key, 32), fromBase64(hash, 32)];
  if (!keyBytes || !hashBytes) throw new Error(t("sealed.fileDamaged"));
  const stream = response.body.pipeThrough(openFile({ key: keyBytes, hash: hashBytes, size }));
  try {
    // Whole before it is shown: only then is it known to be what was meant.
    const bytes = await new Response(stream).arrayBuffer();
    const safe = SHOWN.test(type) ? type : "application/octet-stream";
    return new Blob([bytes], { type: safe });
  } catch {
    throw new Error(t("sealed.fileDamaged"));
  }
}

function dropIdle(): void {
  const idle = [...opened].filter(([, file]) => file.shown === 0);
  let bytes = idle.reduce((sum, [, file]) => sum + file.size, 0);
  let left = idle.length;
  for (const [uri, file] of idle) {
    if (left <= IDLE_FILES && bytes <= IDLE_BYTES) break;
    opened.delete(uri);
    left--;
    bytes -= file.size;
    void file.url.then(URL.revokeObjectURL, () => undefined);
  }
}

/**
 * A URL under which the opened file can be shown, until `leave` is called. What is shown in
 * several places is opened once.
 */
export function showFile(file: StoredFile, type: string): {
  readonly url: Promise<string>;
  leave(): void;
} {
  let held = opened.get(file.uri);
  // To the end of the line: the first ones go first.
  opened.delete(file.uri);
  held ??= {
    url: openBytes(file, type).then((blob) => URL.createObjectURL(blob)),
    size: file.size,
    shown: 0,
  };
  opened.set(file.uri, held);
  held.shown++;
  const { url } = held;
  const mine = held;
  // What failed is tried again the next time.
  url.catch(() => opened.get(file.uri) === mine && opened.delete(file.uri));
  return {
    url,
    leave() {
      mine.shown--;
      dropIdle();
    },
  };
}
