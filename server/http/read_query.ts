/** The query of a URL: a name that is given several times has all of its values, in order. */
export function readQuery(url: string): Record<string, string | string[]> {
  // Without a prototype, so that a name such as `__proto__` is one like any other.
  const query: Record<string, string | string[]> = Object.create(null);
  const start = url.indexOf("?");
  if (start < 0) return query;
  for (const [name, value] of new URLSearchParams(url.slice(start + 1))) {
    const held = query[name];
    query[name] = held === undefined
      ? value
      : Array.isArray(held)
      ? [...held, value]
      : [held, value];
  }
  return query;
}
