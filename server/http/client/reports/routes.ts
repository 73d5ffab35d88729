import { adminCloseReport, adminListReports, reportMessage } from "../../../../core/api/reports.ts";
import { closeReport, listReports } from "../../../services/reports/admin_reports.ts";
import { reportMessage as report } from "../../../services/reports/report_message.ts";
import { type Route, route } from "../../route.ts";
import type { ChatRouteDeps } from "../chat_route_deps.ts";

/** Messages that people report, and what administrators make of them. */
export function reportRoutes(deps: ChatRouteDeps): Route[] {
  return [
    route(reportMessage, async ({ caller, params, body }) => ({
      report_id: await report(deps, caller.userId, {
        roomId: params.room_id,
        eventId: params.event_id,
        reason: body.reason,
        note: body.note,
        keys: body.keys,
      }),
    })),
    route(adminListReports, ({ caller, query }) => listReports(deps, caller.userId, query)),
    route(adminCloseReport, async ({ caller, params, body }) => {
      await closeReport(deps, {
        actor: caller.userId,
        reportId: params.report_id,
        outcome: body.outcome,
        note: body.note,
      });
      return {};
    }),
  ];
}
