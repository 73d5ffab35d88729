/** How finely and for how long the server remembers what it measures of itself. */
export const FIGURE_LIMITS = {
  /** How often what fluctuates is looked at. */
  lookMs: 60_000,
  /** A row of each process. */
  stepMs: 5 * 60_000,
  stepKeptMs: 2 * 86_400_000,
  /** A row of the whole server. */
  hourMs: 3_600_000,
  hourKeptMs: 400 * 86_400_000,
  /** How long a stop waits for the last row. */
  closeMs: 2000,
} as const;
