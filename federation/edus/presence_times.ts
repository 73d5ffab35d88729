/** A change is told after so long, so that who goes and comes back is told of once. */
export const PRESENCE_GATHER_MS = 5000;
/** Servers that have met are told so long after once more. */
export const PRESENCE_MET_MS = 60_000;
/** The same user is not told of more often. */
export const PRESENCE_EVERY_MS = 30_000;
/** Who is still there is told of again. */
export const PRESENCE_REFRESH_MS = 30 * 60_000;
/** Others forget who was not told of again; above two refreshes, so that one may be lost. */
export const PRESENCE_KEPT_MS = 65 * 60_000;
