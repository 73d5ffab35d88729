/**
 * A name that nobody else gives. The browser's own `randomUUID` is there on secure pages alone, and
 * people write on others too.
 */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
