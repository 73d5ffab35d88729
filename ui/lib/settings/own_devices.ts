import type { OwnDevice } from "../../../core/api/e2ee_devices.ts";
import type { Session } from "../../../core/api/account.ts";
import type { Act } from "../form_page.ts";
import { shownDeviceName } from "../format/device_name.ts";
import { text } from "../forms.ts";

/** Somewhere its owner is signed in, as one thing: the session and its end of the encryption. */
export interface SignedIn {
  readonly session: Session;
  /** Undefined: never took part in encryption. */
  readonly device: OwnDevice | undefined;
  readonly name: string;
  readonly trust: "verified" | "unverified" | "none";
}

/** Sessions with their devices: this one first, then as they were used last. */
export function joinDevices(
  sessions: readonly Session[],
  devices: readonly OwnDevice[],
): SignedIn[] {
  const bySession = new Map(devices.map((device) => [device.session_id, device]));
  return sessions.map((session): SignedIn => {
    const device = bySession.get(session.id);
    return {
      session,
      device,
      name: shownDeviceName(device?.name ?? session.device_name),
      trust: device === undefined
        ? "none"
        : device.certificate === null
        ? "unverified"
        : "verified",
    };
  }).sort((a, b) =>
    Number(b.session.current) - Number(a.session.current) ||
    b.session.last_used_ts - a.session.last_used_ts
  );
}

/** What forms of the list of devices do. */
export const DEVICE_ACTS: Readonly<Record<string, Act>> = {
  async revoke(ctx, form) {
    await ctx.state.api.call("revokeSession", { params: { session_id: text(form, "id") } });
  },
  async revokeOthers(ctx) {
    await ctx.state.api.call("revokeOtherSessions");
  },
  async rename(ctx, form) {
    await ctx.state.api.call("renameDevice", {
      params: { device_id: text(form, "device") },
      body: { name: text(form, "name").trim() },
    });
  },
  async remove(ctx, form) {
    await ctx.state.api.call("removeDevice", { params: { device_id: text(form, "device") } });
  },
};
