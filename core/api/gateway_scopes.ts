import type { DispatchName, Snapshot } from "./gateway.ts";
import { NEVER_QUIET } from "./quiet.ts";
import type { TokenScope } from "./scopes.ts";

/**
 * Dispatches that a personal access token hears with this scope beside `read`, or never (null):
 * as with the operations that answer the same. All others need `read` alone.
 */
export const DISPATCH_SCOPE: Readonly<Partial<Record<DispatchName, TokenScope | null>>> = {
  "relationship.update": "account:read",
  "invitation.update": "account:read",
  "invitation.remove": "account:read",
  "invitation.standing": "account:read",
  "notify.update": "account:read",
  "quiet.update": "account:read",
  "group.update": null,
  "group.wanted": null,
  "welcome": null,
  "devices.update": null,
  "to_device": null,
  "key_packages.low": null,
  "voice.offer": null,
  "voice.group": null,
  "voice.ended": null,
  "voice.ring": null,
  "voice.ring_ended": null,
  "voice.ringing": null,
  "voice.missed": null,
};

/** Whether someone with these scopes (undefined: a session, which holds all) hears of it. */
export function hearsOf(scopes: readonly TokenScope[] | undefined, name: string): boolean {
  if (scopes === undefined) return true;
  const scope = DISPATCH_SCOPE[name as DispatchName];
  return scope === undefined || (scope !== null && scopes.includes(scope));
}

/** The snapshot as someone with these scopes may have it: what is withheld is empty. */
export function snapshotWithin(
  scopes: readonly TokenScope[] | undefined,
  snapshot: Snapshot,
): Snapshot {
  if (scopes === undefined) return snapshot;
  const shown = { ...snapshot, missed_calls: [] };
  if (scopes.includes("account:read")) return shown;
  return {
    ...shown,
    invitations: [],
    relationships: [],
    notify: [],
    quiet: NEVER_QUIET,
    presences: presencesOfConversations(snapshot),
  };
}

/** Presences come for friends, too: who they are is not told. */
function presencesOfConversations({ dms, presences }: Snapshot): Snapshot["presences"] {
  const near = new Set(
    dms.flatMap((dm) => dm.kind === "pair" ? [dm.user.id] : dm.people.map(({ user }) => user.id)),
  );
  return Object.fromEntries(Object.entries(presences).filter(([id]) => near.has(id)));
}
