import type { z } from "zod";
import type { Quiet, setQuiet as operation } from "../../../core/api/quiet.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { quietEnd, tomorrowMorning } from "../../../core/rules/quiet.ts";
import type { AccountDeps } from "./deps.ts";
import { quietOf, readPreferences, updatePreferences } from "./preferences.ts";

type Wish = z.infer<NonNullable<typeof operation.body>>;

/** Begins or ends being quiet by hand; all of the account's devices hear of it. */
export async function setQuiet(
  deps: Pick<AccountDeps, "sql" | "clock" | "bus">,
  userId: UserId,
  wish: Wish,
): Promise<Quiet> {
  const held = quietOf(await readPreferences(deps.sql, userId));
  const change = changeOf(held, wish, deps.clock.now());
  return quietOf(await updatePreferences(deps, userId, change));
}

function changeOf(held: Quiet, wish: Wish, nowMs: number): Partial<Quiet> {
  switch (wish.kind) {
    case "for":
      return { quiet_until: nowMs + wish.ms };
    case "tomorrow":
      return { quiet_until: tomorrowMorning(held, nowMs, wish.zone) };
    case "end": {
      // What holds by the hours is over until they begin anew.
      const byHours = quietEnd({ ...held, quiet_until: null }, nowMs);
      return { quiet_until: null, quiet_ended: byHours ?? held.quiet_ended };
    }
  }
}
