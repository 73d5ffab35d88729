const STORE_KEY = "og-voice-servers";
/** As many as the server takes in one request (`VOICE_LIMITS.addressTo`). */
export const MAX_SERVERS = 100;

/** Where the browser keeps nothing, it holds for as long as the page is open. */
const toldHere = new Set<string>();

/** Other servers that the person said may see this device's address; in this browser alone. */
export function serversTold(): string[] {
  try {
    return parseServersTold(localStorage.getItem(STORE_KEY));
  } catch {
    return [...toldHere];
  }
}

export function tellServer(server: string): void {
  toldHere.add(server);
  try {
    localStorage.setItem(STORE_KEY, JSON.stringify(withServer(serversTold(), server)));
  } catch {
    // See `toldHere`.
  }
}

/** The newest last; the oldest go first. */
export function withServer(servers: readonly string[], server: string): string[] {
  return [...servers.filter((each) => each !== server), server].slice(-MAX_SERVERS);
}

/** As it was stored; whatever is no name of a server is left out. */
export function parseServersTold(stored: string | null): string[] {
  let value: unknown;
  try {
    value = JSON.parse(stored ?? "[]");
  } catch {
    return [];
  }
  if (!Array.isArray(value)) return [];
  return value.filter((each) => typeof each === "string" && each.length <= 255)
    .slice(-MAX_SERVERS);
}
