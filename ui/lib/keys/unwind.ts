/** What Escape closes, the nearest first; the last one is always there. */
export const UNWIND_STEPS = [
  "popover",
  "dialog",
  "selection",
  "panel",
  "search",
  "edit",
  "reply",
  "thread",
  "present",
] as const;

export type UnwindStep = (typeof UNWIND_STEPS)[number];

/** The one thing a press of Escape ends, given what is open. */
export function nextUnwind(
  open: Readonly<Record<Exclude<UnwindStep, "present">, boolean>>,
): UnwindStep {
  return UNWIND_STEPS.find((step) => step === "present" || open[step]) ?? "present";
}
