/** HTML looks for its own statement within these bytes, so do browsers. */
const STATED_WITHIN = 1024;
const STATED = /<meta[^>]{0,200}?charset\s{0,8}=\s{0,8}["']?\s{0,8}([\w:.-]{1,40})/i;

/**
 * The beginning of a page as text: by its byte order mark, by what the answer's header says, by
 * what the page says of itself, else UTF-8. Bytes that mean nothing there become U+FFFD.
 */
export function decodePage(bytes: Uint8Array, contentType: string): string {
  return decoderOf(bytes, contentType).decode(bytes);
}

function decoderOf(bytes: Uint8Array, contentType: string): TextDecoder {
  const header = /;\s{0,8}charset\s{0,8}=\s{0,8}"?([\w:.-]{1,40})/i.exec(contentType)?.[1];
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, STATED_WITHIN));
  for (const label of [markOf(bytes), header, STATED.exec(head)?.[1]]) {
    const decoder = label === undefined ? undefined : known(label);
    if (decoder !== undefined) return decoder;
  }
  return new TextDecoder();
}

function markOf([a, b, c]: Uint8Array): string | undefined {
  if (a === 0xef && b === 0xbb && c === 0xbf) return "utf-8";
  if (a === 0xfe && b === 0xff) return "utf-16be";
  if (a === 0xff && b === 0xfe) return "utf-16le";
  return undefined;
}

function known(label: string): TextDecoder | undefined {
  try {
    return new TextDecoder(label);
  } catch {
    return undefined;
  }
}
