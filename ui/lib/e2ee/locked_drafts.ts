import { base64Of, fromBase64 } from "../../../core/e2ee/bytes.ts";
import { RestKey } from "./rest_key.ts";

/** Drafts are short texts: one is written at a time, and the newest counts. */
const waiting = new Map<string, { readonly userId: string; readonly packed: string | null }>();
let writing: Promise<void> | undefined;

async function writeAll(): Promise<void> {
  for (const [name, { userId, packed }] of waiting) {
    waiting.delete(name);
    if (packed === null) {
      localStorage.removeItem(name);
      continue;
    }
    const { iv, data } = await (await RestKey.open(userId)).lockValue(name, packed);
    const text = `${base64Of(iv)}.${base64Of(new Uint8Array(data))}`;
    // Emptied meanwhile: it must not come back.
    if (!waiting.has(name)) localStorage.setItem(name, text);
  }
}

/** Keeps a draft under the key of its person; null takes it off. */
export async function keepDraft(
  userId: string,
  name: string,
  packed: string | null,
): Promise<void> {
  waiting.set(name, { userId, packed });
  writing ??= writeAll()
    // A full or blocked store loses only the survival.
    .catch(() => undefined)
    .finally(() => writing = undefined);
  await writing;
  if (waiting.has(name)) await keepDraft(userId, name, packed);
}

/** A kept draft; also one of the time before encryption, which is then kept as the others. */
export async function readDraft(userId: string, name: string): Promise<string | null> {
  const text = localStorage.getItem(name);
  if (text?.startsWith("{")) {
    await keepDraft(userId, name, text);
    return text;
  }
  const [iv, data] = (text ?? "").split(".").map((part) => fromBase64(part));
  if (!iv || !data) return null;
  const locked = { iv: Uint8Array.from(iv), data: Uint8Array.from(data).buffer };
  return await (await RestKey.open(userId)).unlockValue<string>(name, locked) ?? null;
}
