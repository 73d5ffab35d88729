import type { Sealed } from "../../../core/api/sealed.ts";
import type { JsonObject } from "../../../core/event/json.ts";
import { readContent } from "../../../core/event/kinds/kind.ts";
import { messageKind } from "../../../core/event/kinds/message.ts";
import { reactionKind } from "../../../core/event/kinds/reaction.ts";
import type { SealedContent } from "../../../core/event/kinds/sealed.ts";

/** What a message or reaction carries in place of its text, well formed; else undefined. */
export function sealedOf(
  { type, content }: { readonly type: string; readonly content: JsonObject },
): Sealed | undefined {
  if (type === messageKind.type) {
    const message = readContent(messageKind, content);
    return message?.msgtype === "sealed" ? viewSealed(message.sealed) : undefined;
  }
  if (type !== reactionKind.type) return undefined;
  return viewSealed(readContent(reactionKind, content)?.sealed);
}

/** What a client sealed, as its event carries it. */
export function contentOfSealed({ quiet, ...rest }: Sealed): JsonObject {
  return quiet === undefined ? rest : { ...rest, quiet };
}

function viewSealed(sealed: SealedContent | undefined): Sealed | undefined {
  if (sealed === undefined) return undefined;
  const { epoch, nonce, key, body, quiet } = sealed;
  return { v: 1, epoch, nonce, key, body, ...(quiet === true ? { quiet } : {}) };
}
