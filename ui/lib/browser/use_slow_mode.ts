import { useEffect, useState } from "preact/hooks";
import { can } from "../format/rights.ts";
import type { ChatState } from "../store/chat.ts";
import { channelOf, placeKey, type TalkPlace } from "../store/place.ts";

const TICK_MS = 500;

/**
 * Seconds until slow mode lets one write again, counted from one's own last message here; 0 where
 * one may. Whoever may delete others' messages or change the channel is not slowed.
 */
export function useSlowMode(state: ChatState, place: TalkPlace, slowModeS: number): number {
  const bits = channelOf(state.known, place)?.permissions ?? "0";
  const slowed = slowModeS > 0 && !can(bits, "MANAGE_MESSAGES") && !can(bits, "MANAGE_CHANNELS");
  const [nowMs, setNow] = useState(0);
  const window = slowed ? state.windowOf(placeKey(place)).value : undefined;
  const selfId = state.self.value.user.id;
  const last = window?.pending.findLast((echo) => echo.failed === undefined)?.ts ??
    window?.messages.findLast((message) => message.author.id === selfId)?.origin_ts;
  const wait = last === undefined ? 0 : last + slowModeS * 1000 - Math.max(nowMs, state.now.value);
  // The server's clock may be ahead of this one: nobody waits longer than the rule says.
  const leftS = slowed ? Math.ceil(Math.min(Math.max(0, wait), slowModeS * 1000) / 1000) : 0;
  useEffect(() => {
    if (leftS === 0) return;
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, [leftS > 0]);
  return leftS;
}
