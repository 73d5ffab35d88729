import { editDistance } from "../../core/search/near_names.ts";

const MAX_DISTANCE = 3;

/** The known name nearest to a mistyped one, or undefined where none is near. */
export function suggest(typed: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = MAX_DISTANCE + 1;
  for (const name of known) {
    const distance = editDistance(typed, name);
    if (distance < bestDistance) [best, bestDistance] = [name, distance];
  }
  return best;
}
