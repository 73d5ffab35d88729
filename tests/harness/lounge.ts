import type { JoinRequest, Seat, Sfu } from "../../voice/sfu/sfu.ts";

/** A seat in the one call of a test, with everything allowed but what is changed. */
export function sitDown(
  sfu: Sfu,
  participant: string,
  change: Partial<JoinRequest> = {},
): Seat {
  const seat = sfu.join({
    call: "lounge",
    participant,
    speak: true,
    hear: true,
    bitrate: 64_000,
    ...change,
  });
  if (seat === undefined) throw new Error("The call is full");
  return seat;
}
