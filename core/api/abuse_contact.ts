import { z } from "zod";
import { TypedAddress } from "./email.ts";

function leadsSomewhere(text: string): boolean {
  if (TypedAddress.safeParse(text).success) return true;
  return URL.canParse(text) && new URL(text).protocol === "https:" && !/\s/.test(text);
}

/** Where people report abuse: a link leads there, so that it is one of two things. */
export const AbuseContact = z.string().trim().min(1).max(200).refine(
  leadsSomewhere,
  "must be a mail address such as abuse@example.org, or an address that begins with https://",
);
