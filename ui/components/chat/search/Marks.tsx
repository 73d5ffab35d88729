import type { SearchQuery } from "../../../../core/search/query.ts";
import { markedParts } from "../../../lib/search/marks.ts";

/** A text with what was looked for marked in it. */
export function Marks({ text, query }: { text: string; query: SearchQuery }) {
  return (
    <>
      {markedParts(text, query).map((part, at) =>
        part.marked ? <mark key={at}>{part.text}</mark> : part.text
      )}
    </>
  );
}
