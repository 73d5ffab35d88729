/** Whether a poll takes no votes any more, at a time in ms. PROTOCOL.md 7. */
export function isPollOver(
  poll: { readonly ends_ts: number | null; readonly ended_ts: number | null },
  nowMs: number,
): boolean {
  return poll.ended_ts !== null || (poll.ends_ts !== null && nowMs > poll.ends_ts);
}
