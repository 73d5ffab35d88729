import type { Message, MessageMedia } from "../../../core/api/message.ts";
import { openBytes, wholeFile } from "../e2ee/opened_files.ts";
import { mediaUrl } from "../format/media_url.ts";
import { t } from "../i18n/t.ts";
import type { ChatState } from "../store/chat.ts";
import type { ForwardTarget } from "../store/forward_targets.ts";
import { lockOf } from "../store/locked_media.ts";
import { placeKey } from "../store/place.ts";
import { callApi, reasonOf } from "./browser_api.ts";
import { encryptByItself } from "./encrypt_by_itself.ts";
import { isEncrypted, privacyOf } from "./privacy.ts";
import { randomId } from "./random_id.ts";
import { uploadFile } from "./upload.ts";

const SEND_TIMEOUT_MS = 30_000;

interface Said {
  readonly body: string;
  readonly media: readonly MessageMedia[];
  readonly nonce: string;
  readonly isCopy: boolean;
}

/** How far one target is: what has gone there does not go twice. */
interface Way {
  readonly copyNonce: string;
  readonly commentNonce: string;
  sealedMedia: Promise<readonly MessageMedia[]> | undefined;
  isCopied: boolean;
}

/**
 * Copies of one message on their way. Files of others are uploaded anew by who forwards them: a
 * copy outlives what it was made of, and its files say nothing of where they were. What was
 * encrypted is opened here; where the target is encrypted it is sealed anew, with keys of its own.
 */
export class Forwarding {
  readonly #state: ChatState;
  readonly #message: Message;
  readonly #ways = new Map<string, Way>();
  #plainMedia: Promise<readonly MessageMedia[]> | undefined;

  constructor(state: ChatState, message: Message) {
    this.#state = state;
    this.#message = message;
  }

  /** Sends the copy, then the comment. Again after a failure: only what has not arrived. */
  async send(target: ForwardTarget, comment: string): Promise<void> {
    const way = this.#wayTo(target);
    await encryptByItself(this.#state, target.roomId);
    if (!way.isCopied) {
      const media = await this.#mediaFor(target, way);
      const { body } = this.#message;
      await this.#post(target, { body, media, nonce: way.copyNonce, isCopy: true });
      way.isCopied = true;
    }
    if (comment === "") return;
    try {
      await this.#post(target, {
        body: comment,
        media: [],
        nonce: way.commentNonce,
        isCopy: false,
      });
    } catch (error) {
      throw new Error(t("forward.noComment", { reason: reasonOf(error) }), { cause: error });
    }
  }

  #wayTo(target: ForwardTarget): Way {
    let way = this.#ways.get(target.path);
    if (!way) {
      way = {
        copyNonce: randomId(),
        commentNonce: randomId(),
        sealedMedia: undefined,
        isCopied: false,
      };
      this.#ways.set(target.path, way);
    }
    return way;
  }

  async #mediaFor(target: ForwardTarget, way: Way): Promise<readonly MessageMedia[]> {
    const { media, author } = this.#message;
    if (media.length === 0) return [];
    if (isEncrypted(this.#state, target.roomId)) {
      way.sealedMedia ??= this.#copies(async (file) =>
        (await privacyOf(this.#state)).upload(file, () => undefined)
      );
      way.sealedMedia.catch(() => way.sealedMedia = undefined);
      return await way.sealedMedia;
    }
    // One's own upload can be used once more as it is.
    if (author.id === this.#state.self.value.user.id && !media.some(lockOf)) return media;
    this.#plainMedia ??= this.#copies((file) => Promise.resolve(uploadFile(file, () => undefined)));
    this.#plainMedia.catch(() => this.#plainMedia = undefined);
    return await this.#plainMedia;
  }

  async #copies(
    upload: (file: File) => Promise<ReturnType<typeof uploadFile>>,
  ): Promise<MessageMedia[]> {
    const copies: MessageMedia[] = [];
    // One after another: each is held in memory whole.
    for (const media of this.#message.media) {
      const file = new File([await bytesOf(media)], media.name, { type: media.type });
      const stored = await (await upload(file)).done;
      copies.push({ ...stored, alt: media.alt, spoiler: media.spoiler });
    }
    return copies;
  }

  /** The original, where the copy stays in its room: no other room is told of it. */
  #source(target: ForwardTarget): { event_id?: string } {
    const { room_id, id } = this.#message;
    return target.roomId === room_id ? { event_id: id } : {};
  }

  async #post(target: ForwardTarget, { body, media, nonce, isCopy }: Said): Promise<void> {
    const { roomId, channelId } = target;
    const forwarded = isCopy ? { forwarded: this.#source(target) } : {};
    if (!isEncrypted(this.#state, roomId)) {
      await callApi("sendMessage", {
        params: { room_id: roomId },
        body: {
          channel_id: channelId,
          body,
          media: media.map(({ uri, alt, spoiler }) => ({ uri, alt, spoiler })),
          ...forwarded,
          nonce,
        },
        timeoutMs: SEND_TIMEOUT_MS,
      });
      return;
    }
    const privacy = await privacyOf(this.#state);
    await privacy.send({
      nonce,
      userId: this.#state.self.value.user.id,
      key: placeKey({ roomId, channelId }),
      roomId,
      channelId,
      body,
      media,
      replyTo: null,
      ts: Date.now(),
      triedTs: null,
      holdUntil: null,
      failed: null,
      ...forwarded,
    }, () => Promise.resolve());
  }
}

/** What a file of a message holds, as its sender had it. */
async function bytesOf(media: MessageMedia): Promise<Blob> {
  const sealed = wholeFile(media);
  if (sealed) return await openBytes(sealed, media.type);
  const response = await fetch(mediaUrl(media.uri), { credentials: "same-origin" });
  if (!response.ok) throw new Error(t("forward.fileGone", { name: media.name }));
  return await response.blob();
}
