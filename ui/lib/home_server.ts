import { isOwnMachine } from "../../core/own_machine.ts";

/**
 * Where somebody's own server takes a link of this one, from what they typed as the address at
 * which they open it: `chat.example.org` -> `https://chat.example.org/join?link=CODE%40server`.
 * Undefined where that is no address of a server.
 */
export function joinAddress(
  typed: string,
  link: { readonly code: string; readonly server: string },
): string | undefined {
  const text = typed.trim();
  // `@alice@example.org` names a server too.
  const host = /^@?[^@/\s]+@([^@/\s]+)$/.exec(text)?.[1] ?? text;
  const address = /^https?:\/\//i.test(host) ? host : `https://${host}`;
  if (host === "" || !URL.canParse(address)) return undefined;
  const url = new URL(address);
  if (url.username !== "" || url.password !== "" || url.hostname === "") return undefined;
  const own = isOwnMachine(url.hostname);
  if (!own && !url.hostname.includes(".") && !url.hostname.startsWith("[")) return undefined;
  if (url.protocol === "http:" && !own) url.protocol = "https:";
  return `${url.origin}/join?link=${encodeURIComponent(`${link.code}@${link.server}`)}`;
}
