/** A thread in which nothing happened for so long is put away by itself. PROTOCOL.md 7. */
export const THREAD_QUIET_MS = 7 * 24 * 3_600_000;

/** Characters of the root that name a thread without a title. */
const NAME_CHARS = 60;

/** What decides whether a thread is put away. */
export interface ThreadSigns {
  /** The winning `m.thread`: what it says, its order and its `origin_ts`; undefined without one. */
  readonly stated:
    | { readonly archived: boolean; readonly order: number; readonly ts: number }
    | undefined;
  /** Order and `origin_ts` of the last message; undefined where none is left. */
  readonly last: { readonly order: number; readonly ts: number } | undefined;
}

/**
 * Put away by hand until somebody writes in it again, or by itself after a time of silence: the
 * same on every server, without an event. PROTOCOL.md 7.
 */
export function isArchived({ stated, last }: ThreadSigns, nowMs: number): boolean {
  const heardMs = Math.max(stated?.ts ?? 0, last?.ts ?? 0);
  if (nowMs - heardMs > THREAD_QUIET_MS) return true;
  return stated?.archived === true && (last === undefined || last.order <= stated.order);
}

/** The first words of a message on one line, as the name of its thread; "" of an empty one. */
export function threadNameOf(body: string): string {
  const line = body.split("\n").map((each) => each.trim()).find((each) => each !== "") ?? "";
  const plain = line.replace(/^(#{1,3}|>|[-*]|-#)\s+/, "").trim();
  if (plain.length <= NAME_CHARS) return plain;
  const cut = plain.slice(0, NAME_CHARS);
  const space = cut.lastIndexOf(" ");
  const words = space > NAME_CHARS / 2 ? cut.slice(0, space) : cut;
  return `${words.toWellFormed().replace(/\uFFFD$/, "")}…`;
}
