/**
 * The states of a verification and what leads from one to the next, as data. The first side began
 * (or shows a code), the second was asked (or scanned it). What is not in the table breaks the
 * verification off. PROTOCOL.md 12.
 */

export type VerificationState =
  /** First: the request is out. */
  | "requested"
  /** Second: a person is asked whether to begin. */
  | "asked"
  /** Second: bound to a key that the other side has not seen. */
  | "committed"
  /** First: the own key is out. */
  | "keyed"
  /** Both show the same, or somebody sits in between. */
  | "comparing"
  /** As before, and the other side's person has confirmed. */
  | "comparing_last"
  /** This side's person has confirmed. */
  | "confirmed"
  /** Both have; what is to be handed over goes out, or is waited for. */
  | "agreed"
  | "awaiting_handover"
  /** Second: a person's code was scanned; their word is waited for. */
  | "awaiting_word"
  /** First: a code stands on the screen. */
  | "showing"
  /** First: somebody has scanned it. */
  | "scanned"
  | "done"
  | "cancelled";

export type VerificationInput =
  /** Of the person in front. */
  | "accept"
  | "confirm"
  | "cancel"
  /** Of the other side. */
  | "got_accept"
  | "got_key"
  | "got_proof"
  | "got_scan"
  | "got_handover"
  | "got_cancel"
  /** Of the clock, and of checks that failed. */
  | "timeout"
  | "failure"
  /** What follows from having agreed: this side gives, takes, or neither. */
  | "give"
  | "take"
  | "nothing";

export type VerificationAction =
  | "send_accept"
  | "send_key"
  | "check_commitment"
  | "derive"
  | "check_proof"
  | "send_proof"
  | "check_scan"
  | "answer_scan"
  | "send_handover"
  | "open_handover"
  | "meet";

export interface Transition {
  readonly to: VerificationState;
  /** In this order; where one fails, the input `failure` follows. */
  readonly does: readonly VerificationAction[];
}

type Row = Readonly<Partial<Record<VerificationInput, Transition>>>;

function go(to: VerificationState, ...does: VerificationAction[]): Transition {
  return { to, does };
}

/** From every state that is not an end. The other side is told, unless it was the one who said so. */
const WAYS_OUT: Row = {
  cancel: go("cancelled"),
  timeout: go("cancelled"),
  failure: go("cancelled"),
  got_cancel: go("cancelled"),
};

export const TABLE: Readonly<Record<VerificationState, Row>> = {
  requested: { ...WAYS_OUT, got_accept: go("keyed", "meet", "send_key") },
  asked: { ...WAYS_OUT, accept: go("committed", "send_accept") },
  committed: { ...WAYS_OUT, got_key: go("comparing", "derive", "send_key") },
  keyed: { ...WAYS_OUT, got_key: go("comparing", "check_commitment", "derive") },
  comparing: {
    ...WAYS_OUT,
    confirm: go("confirmed", "send_proof"),
    got_proof: go("comparing_last", "check_proof"),
  },
  comparing_last: { ...WAYS_OUT, confirm: go("agreed", "send_proof") },
  confirmed: { ...WAYS_OUT, got_proof: go("agreed", "check_proof") },
  agreed: {
    ...WAYS_OUT,
    give: go("done", "send_handover"),
    take: go("awaiting_handover"),
    nothing: go("done"),
  },
  awaiting_handover: { ...WAYS_OUT, got_handover: go("done", "open_handover") },
  showing: { ...WAYS_OUT, got_scan: go("scanned", "check_scan") },
  scanned: { ...WAYS_OUT, confirm: go("done", "answer_scan") },
  awaiting_word: { ...WAYS_OUT, got_proof: go("done", "check_proof") },
  done: {},
  cancelled: {},
};

/** What an input leads to, or undefined where it has no place in the state. */
export function step(state: VerificationState, input: VerificationInput): Transition | undefined {
  return TABLE[state][input];
}

export function isOver(state: VerificationState): boolean {
  return state === "done" || state === "cancelled";
}
