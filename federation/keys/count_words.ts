import type { KeyWord } from "../../core/api/federation/shapes.ts";

/** What one server of a room says of a key entry of another server. */
export type Word = Pick<KeyWord, "word" | "as_of">;

/**
 * Whether the entry of a server that does not answer is taken on what servers of the room say. Who
 * has it of that server itself speaks for it. Against it speak those who must have it and have not:
 * all who hold the whole control graph, where the key signs an event of it (`holdAll`), and else who
 * saw that server's key document after the key's window began. More must speak for it than against.
 * Who has it from others adds nothing to what these say; it counts where nobody speaks against it
 * and nobody who knew that server is left. PROTOCOL.md 8.
 */
export function isTakenOnWord(
  words: readonly Word[],
  about: { readonly holdAll: boolean; readonly validFrom: number },
): boolean {
  const own = words.filter(({ word }) => word === "own").length;
  const heard = words.filter(({ word }) => word === "heard").length;
  const against =
    words.filter(({ word, as_of: asOf }) =>
      word === "none" && (about.holdAll || (asOf !== undefined && asOf >= about.validFrom))
    ).length;
  return against === 0 ? own + heard > 0 : own > against;
}
