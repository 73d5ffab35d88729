/** Texts of notifications that the worker shows by itself; the build writes them in, by language. */
export const PUSH_TEXTS = [
  "push.new",
  "push.call",
  "push.missed",
  "sealed.new",
  "log.file",
  "notify.in",
  "user.webhookNamed",
  "notify.trialTitle",
  "notify.trialText",
] as const;

export type PushText = (typeof PUSH_TEXTS)[number];
export type PushTexts = Readonly<Record<string, Readonly<Record<PushText, string>>>>;
