/** What a welcome can hold: characters of its text and lines, and channels. */
export const WELCOME_LIMITS = { text: 1000, line: 80, channels: 5 } as const;
