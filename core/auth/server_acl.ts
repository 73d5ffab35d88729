import type { ServerName } from "../ids/server_name.ts";
import { isObject } from "../permissions/is_object.ts";
import type { JsonValue } from "../event/json.ts";
import type { StateView } from "../state/state_map.ts";

/** `m.room.server_acl`, parsed: globs of host names without port. PROTOCOL.md 7 step 6. */
export interface ServerAcl {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  readonly allowIpLiterals: boolean;
}

/** The list, or undefined where the content has another shape. */
export function parseServerAcl(content: JsonValue): ServerAcl | undefined {
  if (!isObject(content)) return undefined;
  const { allow, deny, allow_ip_literals: allowIpLiterals } = content;
  if (!isTextList(allow) || !isTextList(deny) || typeof allowIpLiterals !== "boolean") {
    return undefined;
  }
  return { allow, deny, allowIpLiterals };
}

function isTextList(value: JsonValue | undefined): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

/** Whether the room's ACL lets a server take part; without an ACL every server may. */
export function isServerAllowed(view: Pick<StateView, "get">, server: ServerName): boolean {
  const event = view.get("m.room.server_acl", "");
  const acl = event === undefined ? undefined : parseServerAcl(event.pdu.content);
  return acl === undefined || allows(acl, server);
}

/** Deny beats allow; a name that neither list matches is denied. Case and port count for nothing. */
export function allows(acl: ServerAcl, server: string): boolean {
  const host = hostOf(server);
  if (!acl.allowIpLiterals && isIpLiteral(host)) return false;
  if (acl.deny.some((glob) => matchesGlob(glob.toLowerCase(), host))) return false;
  return acl.allow.some((glob) => matchesGlob(glob.toLowerCase(), host));
}

function hostOf(server: string): string {
  const name = server.toLowerCase();
  const end = name.startsWith("[") ? name.indexOf("]") + 1 : name.indexOf(":");
  return (end > 0 ? name.slice(0, end) : name).replace(/\.$/, "");
}

function isIpLiteral(host: string): boolean {
  return host.startsWith("[") || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host);
}

/**
 * `*` any run, `?` one character, all else itself. Goes back to the last star only, so that the
 * cost is bounded by the product of both lengths; no regular expression of a stranger is run.
 */
export function matchesGlob(glob: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  let read = 0;
  while (read < text.length) {
    if (glob[at] === "*") {
      star = at++;
      resume = read;
    } else if (at < glob.length && (glob[at] === "?" || glob[at] === text[read])) {
      at++;
      read++;
    } else if (star >= 0) {
      at = star + 1;
      read = ++resume;
    } else return false;
  }
  while (glob[at] === "*") at++;
  return at === glob.length;
}
