import type { Signal } from "@preact/signals";
import type { MessageMedia } from "../../../core/api/message.ts";
import { thumbnailUrl } from "../format/media_url.ts";
import { formatSize } from "../format/size.ts";
import { t } from "../i18n/t.ts";
import { MESSAGE_MEDIA_COUNT } from "../limits.ts";
import type { ChatState } from "../store/chat.ts";
import type { DraftFile, UploadItem } from "../store/composing.ts";
import { lockOf } from "../store/locked_media.ts";
import { callApi, reasonOf } from "./browser_api.ts";
import { writeDraft } from "./drafts.ts";
import { encryptByItself } from "./encrypt_by_itself.ts";
import { isEncrypted, privacyOf } from "./privacy.ts";
import { randomId } from "./random_id.ts";
import { showToast } from "./toast.ts";
import { type Upload, uploadFile } from "./upload.ts";

/** Edge of the picture shown beside an upload, in CSS pixels times two. */
const PREVIEW_PX = 128;

/** Largest file of this server in bytes, asked for once. */
let limit: Promise<number> | undefined;

export function askUploadLimit(): Promise<number> {
  limit ??= callApi("getMediaUsage").then((usage) => usage.max_upload_bytes).catch((error) => {
    limit = undefined;
    throw error;
  });
  return limit;
}

/**
 * Files of the next message of one channel, each on its own way to the server. They go on while
 * other channels are read; what was there whole is there again after a reload, and what was cut
 * off says so.
 */
export class Uploads {
  readonly #state: ChatState;
  readonly #key: string;
  readonly #items: Signal<readonly UploadItem[]>;
  readonly #files = new Map<string, File>();
  readonly #running = new Map<string, Upload>();

  #restored = false;

  constructor(state: ChatState, key: string) {
    this.#state = state;
    this.#key = key;
    this.#items = state.trayOf(key);
  }

  /** Takes up what an earlier visit left, once. */
  restore(former: readonly DraftFile[]): void {
    if (this.#restored) return;
    this.#restored = true;
    if (former.length > 0) this.#set([...this.items, ...former.map(revive)]);
  }

  get items(): readonly UploadItem[] {
    return this.#items.value;
  }

  get busy(): boolean {
    return this.items.some((item) => item.media === null && item.error === null);
  }

  get ready(): boolean {
    return this.items.some((item) => item.media !== null);
  }

  add(files: Iterable<File>): void {
    const chosen = [...files];
    const room = MESSAGE_MEDIA_COUNT - this.items.length;
    if (chosen.length > room) showToast(this.#state, t("upload.most", { n: MESSAGE_MEDIA_COUNT }));
    for (const file of chosen.slice(0, Math.max(0, room))) {
      const id = randomId();
      this.#files.set(id, file);
      const item: UploadItem = {
        id,
        name: file.name,
        size: file.size,
        preview: file.type.startsWith("image/") ? URL.createObjectURL(file) : null,
        part: 0,
        media: null,
        error: null,
        again: true,
        alt: "",
        spoiler: false,
      };
      this.#set([...this.items, item]);
      void this.#send(id, file);
    }
  }

  /** Files that the server has already, as those of a message that did not go out. */
  addSent(media: readonly MessageMedia[]): void {
    const room = Math.max(0, MESSAGE_MEDIA_COUNT - this.items.length);
    const items = media.slice(0, room).map((file) =>
      revive({ ...file, media: file, alt: file.alt ?? "" })
    );
    this.#set([...this.items, ...items]);
  }

  retry(id: string): void {
    const file = this.#files.get(id);
    if (!file) return;
    this.change(id, { error: null, part: 0 });
    void this.#send(id, file);
  }

  drop(id: string): void {
    this.#running.get(id)?.cancel();
    const item = this.items.find((entry) => entry.id === id);
    if (item) this.#release(item);
    if (item?.media) deleteThere(item.media.uri);
    this.#set(this.items.filter((entry) => entry.id !== id));
  }

  change(id: string, part: Partial<UploadItem>): void {
    this.#set(this.items.map((item) => item.id === id ? { ...item, ...part } : item));
  }

  /** What goes into the message. Files that did not arrive stay, to be tried again or dropped. */
  take(): MessageMedia[] {
    const media: MessageMedia[] = [];
    for (const item of this.items) {
      if (!item.media) continue;
      media.push({ ...item.media, alt: item.alt || null, spoiler: item.spoiler });
      this.#release(item);
    }
    this.#set(this.items.filter((item) => !item.media));
    return media;
  }

  async #send(id: string, file: File): Promise<void> {
    try {
      const most = await askUploadLimit();
      if (file.size > most || file.size === 0) {
        this.#files.delete(id);
        const error = file.size > most
          ? t("upload.tooLarge", { limit: formatSize(most) })
          : t("upload.empty");
        this.change(id, { error, again: false });
        return;
      }
      // Dropped while the limit was asked for: nothing is on its way yet, and nothing will be.
      if (!this.items.some((item) => item.id === id)) return;
      const onProgress = (part: number) => this.change(id, { part });
      const roomId = this.#key.slice(0, this.#key.lastIndexOf("/"));
      // Before the file: one that servers can read goes into no encrypted message.
      await encryptByItself(this.#state, roomId);
      if (!this.items.some((item) => item.id === id)) return;
      const upload = isEncrypted(this.#state, roomId)
        ? (await privacyOf(this.#state)).upload(file, onProgress)
        : uploadFile(file, onProgress);
      this.#running.set(id, upload);
      const media = await upload.done;
      // Cancelled when its last byte was gone already.
      if (!this.items.some((item) => item.id === id)) deleteThere(media.uri);
      else this.change(id, { media, part: 1 });
    } catch (error) {
      // A cancelled one is gone from the list.
      if (!(error instanceof DOMException)) this.change(id, { error: reasonOf(error) });
    } finally {
      this.#running.delete(id);
    }
  }

  #release(item: UploadItem): void {
    this.#files.delete(item.id);
    if (item.preview?.startsWith("blob:")) URL.revokeObjectURL(item.preview);
  }

  #set(items: readonly UploadItem[]): void {
    const stored = (list: readonly UploadItem[]) =>
      list.map((item) => `${item.id} ${item.media?.uri} ${item.alt} ${item.spoiler}`).join();
    const changed = stored(items) !== stored(this.#items.peek());
    this.#items.value = items;
    // Not with each step of a bar.
    if (changed) writeDraft(this.#state, this.#key, { files: items });
  }
}

/** Where that fails, the server forgets a file that nothing uses by itself, a day later. */
function deleteThere(uri: string): void {
  const [server = "", media_id = ""] = uri.slice("mxc://".length).split("/");
  callApi("deleteMedia", { params: { server, media_id } }).catch(() => undefined);
}

function revive(file: DraftFile): UploadItem {
  return {
    ...file,
    id: randomId(),
    preview: file.media?.type.startsWith("image/") && !lockOf(file.media)
      ? thumbnailUrl(file.media.uri, PREVIEW_PX)
      : null,
    part: file.media ? 1 : 0,
    error: file.media ? null : t("upload.cut"),
    again: false,
  };
}

const trays = new WeakMap<ChatState, Map<string, Uploads>>();

/** The files waiting in a channel's composer. */
export function uploadsOf(state: ChatState, key: string): Uploads {
  let held = trays.get(state);
  if (!held) trays.set(state, held = new Map());
  let found = held.get(key);
  if (!found) held.set(key, found = new Uploads(state, key));
  return found;
}
