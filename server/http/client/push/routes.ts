import {
  getPush,
  getPushNote,
  subscribePush,
  tryPush,
  unsubscribePush,
} from "../../../../core/api/push.ts";
import { OperationError } from "../../../../core/errors.ts";
import {
  listDevices,
  subscribeDevice,
  tryDevice,
  unsubscribeDevice,
} from "../../../services/push/push_devices.ts";
import { pushNote } from "../../../services/push/push_note.ts";
import { type Route, route } from "../../route.ts";
import type { ChatRouteDeps } from "../chat_route_deps.ts";

/** Devices that are told while no page is open. */
export function pushRoutes(deps: ChatRouteDeps): Route[] {
  const { push } = deps;
  const on = () => {
    if (push !== undefined) return { ...deps, push };
    throw new OperationError("unavailable", "This server tells no devices: push.enabled is off.");
  };
  return [
    route(getPush, async ({ caller }) => ({
      key: push?.key ?? null,
      devices: await listDevices(deps, caller),
    })),
    route(subscribePush, ({ caller, body }) => subscribeDevice(on(), caller, body)),
    route(unsubscribePush, async ({ caller, params }) => {
      await unsubscribeDevice(deps, caller, params.session_id);
      return {};
    }),
    route(tryPush, async ({ caller }) => {
      await tryDevice(on(), caller);
      return {};
    }),
    route(
      getPushNote,
      ({ caller, query }) =>
        pushNote(deps, caller.userId, { roomId: query.room_id, eventId: query.event_id }),
    ),
  ];
}
