/**
 * Keys of a catalogue that a source names: as a string, or by a template with one place such as
 * `` `presence.${state}` ``, which names every key of that shape. Other ways to build a key are
 * not seen: a text reached in such a way would be missing in the browser.
 */
export function usedKeys(source: string, keys: ReadonlySet<string>): Set<string> {
  const used = new Set<string>();
  for (const [, name = ""] of source.matchAll(/"([\w.]+)"/g)) {
    if (keys.has(name)) used.add(name);
  }
  for (const [, before = "", after = ""] of source.matchAll(/`([\w.]*)\$\{[^{}`]*\}([\w.]*)`/g)) {
    if (before === "" && after === "") continue;
    for (const key of keys) {
      if (
        key.length > before.length + after.length && key.startsWith(before) && key.endsWith(after)
      ) used.add(key);
    }
  }
  return used;
}
