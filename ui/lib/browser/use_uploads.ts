import { useEffect, useRef, useState } from "preact/hooks";
import { MESSAGE_MEDIA_COUNT } from "../limits.ts";
import type { Media } from "../../../core/api/media.ts";
import type { MessageMedia } from "../../../core/api/message.ts";
import { formatSize } from "../format/size.ts";
import { t } from "../i18n/t.ts";
import { callApi, reasonOf } from "./browser_api.ts";
import { type Upload, uploadFile } from "./upload.ts";

export interface UploadItem {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  readonly preview: string | null;
  readonly part: number;
  readonly media: Media | null;
  readonly error: string | null;
  readonly alt: string;
  readonly spoiler: boolean;
}

/** Files chosen for the next message, each on its own way to the server. */
export function useUploads() {
  const [items, setItems] = useState<readonly UploadItem[]>([]);
  const running = useRef(new Map<string, Upload>());
  const dropped = useRef(new Set<string>());
  const limit = useRef<number | undefined>(undefined);
  useEffect(() => () => {
    for (const upload of running.current.values()) upload.cancel();
  }, []);
  const change = (id: string, part: Partial<UploadItem>) =>
    setItems((held) => held.map((item) => item.id === id ? { ...item, ...part } : item));

  const start = async (file: File) => {
    const id = crypto.randomUUID();
    const picture = file.type.startsWith("image/") ? URL.createObjectURL(file) : null;
    setItems((held) => [...held, {
      id,
      name: file.name,
      size: file.size,
      preview: picture,
      part: 0,
      media: null,
      error: null,
      alt: "",
      spoiler: false,
    }]);
    try {
      limit.current ??= (await callApi("getMediaUsage")).max_upload_bytes;
      if (file.size > limit.current) {
        throw new Error(t("upload.tooLarge", { limit: formatSize(limit.current) }));
      }
      // Dropped while the limit was asked for: nothing is on its way yet, and nothing will be.
      if (dropped.current.delete(id)) return;
      const upload = uploadFile(file, (part) => change(id, { part }));
      running.current.set(id, upload);
      change(id, { media: await upload.done, part: 1 });
    } catch (error) {
      if (!(error instanceof DOMException)) change(id, { error: reasonOf(error) });
    } finally {
      running.current.delete(id);
    }
  };
  const add = (files: Iterable<File>) => {
    const room = MESSAGE_MEDIA_COUNT - items.length;
    for (const file of [...files].slice(0, room)) void start(file);
  };
  const drop = (id: string) => {
    const upload = running.current.get(id);
    const item = items.find((entry) => entry.id === id);
    if (upload) upload.cancel();
    else if (item?.media === null && item.error === null) dropped.current.add(id);
    if (item?.preview) URL.revokeObjectURL(item.preview);
    setItems((held) => held.filter((entry) => entry.id !== id));
  };
  /** What goes into the message; empties the list. */
  const take = (): MessageMedia[] => {
    const media = items.flatMap((item) =>
      item.media ? [{ ...item.media, alt: item.alt || null, spoiler: item.spoiler }] : []
    );
    for (const item of items) if (item.preview) URL.revokeObjectURL(item.preview);
    setItems([]);
    return media;
  };
  const busy = items.some((item) => item.media === null && item.error === null);
  const ready = items.some((item) => item.media !== null);
  return { items, add, drop, take, change, busy, ready };
}
