import { z } from "zod";
import { isTimeZone } from "../rules/time_zone.ts";
import { defineOperation } from "./operation.ts";

/** Bounds of being quiet by hand. */
export const QUIET = { minMs: 60_000, maxMs: 7 * 24 * 3_600_000, zoneChars: 64 } as const;

const ClockTime = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/);
export const TimeZone = z.string().max(QUIET.zoneChars).refine(
  isTimeZone,
  "is no time zone that this server knows, like Europe/Berlin",
).describe("IANA name");

/** When nothing is told, week after week. */
export const QuietHours = z.object({
  on: z.boolean(),
  days: z.array(z.number().int().min(1).max(7)).max(7).describe(
    "Days on which they begin: 1 is Monday, 7 Sunday",
  ),
  from: ClockTime.describe("`22:00`, by the clocks of `zone`"),
  to: ClockTime.describe("Not later than `from`: on the next day"),
  zone: TimeZone,
});
export type QuietHours = z.infer<typeof QuietHours>;

/** Whether an account wants to be told of nothing now, and when it will not. */
export const Quiet = z.object({
  quiet_hours: QuietHours,
  quiet_calls: z.boolean().describe("Calls ring and are told all the same"),
  quiet_until: z.number().int().nullable().describe("Quiet by hand until then (ms)"),
  quiet_ended: z.number().int().nullable().describe(
    "The hours were ended by hand: they do not count before this time (ms)",
  ),
});
export type Quiet = z.infer<typeof Quiet>;

export const NEVER_QUIET: Quiet = {
  quiet_hours: { on: false, days: [1, 2, 3, 4, 5, 6, 7], from: "22:00", to: "07:00", zone: "UTC" },
  quiet_calls: true,
  quiet_until: null,
  quiet_ended: null,
};

export const setQuiet = defineOperation({
  id: "setQuiet",
  scope: "account:write",
  method: "POST",
  path: "/client/v1/account/quiet",
  tag: "notifications",
  summary: "Be told of nothing for a while, or of everything again. All own devices hear of it",
  auth: "user",
  whileSuspended: true,
  body: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("for"), ms: z.number().int().min(QUIET.minMs).max(QUIET.maxMs) }),
    z.object({ kind: z.literal("tomorrow"), zone: TimeZone }).describe(
      "Until tomorrow morning: when the hours end, or at eight where there are none",
    ),
    z.object({ kind: z.literal("end") }).describe("Quiet hours that are now end, too"),
  ]),
  result: Quiet,
  errors: ["invalid"],
});
