/** What is between two people, as one side keeps it. `asked`: by us; `asks`: the other asks us. */
export type Bond = "asked" | "asks" | "friend";

export interface Relationship {
  readonly bond: Bond | null;
  /** Known to its own side alone. */
  readonly blocked: boolean;
}

/** What one side tells the other. PROTOCOL.md 10 (`m.relationship`). */
export type Word = "request" | "accept" | "remove";

/** What somebody does with another. */
export type Deed = "ask" | "accept" | "remove" | "block" | "unblock";

export interface Step {
  readonly after: Relationship;
  /** To be told to the other side. */
  readonly say?: Word;
}

export type Outcome =
  | ({ readonly ok: true } & Step)
  | { readonly ok: false; readonly why: "blocked" | "not_asked" };

export const NOTHING: Relationship = { bond: null, blocked: false };

/** What a deed makes of a relationship. Pure; PROTOCOL.md 10. */
export function afterDeed(now: Relationship, deed: Deed): Outcome {
  switch (deed) {
    case "ask":
      if (now.blocked) return { ok: false, why: "blocked" };
      if (now.bond === "friend") return { ok: true, after: now };
      if (now.bond === "asks") return bonded(now, "friend", "accept");
      // Asked again: the first word may have been lost.
      return bonded(now, "asked", "request");
    case "accept":
      if (now.bond === "friend") return { ok: true, after: now };
      return now.bond === "asks"
        ? bonded(now, "friend", "accept")
        : { ok: false, why: "not_asked" };
    case "remove":
      return { ok: true, ...ended(now) };
    case "block":
      // The end of a friendship looks the same with a block and without one.
      return { ok: true, ...ended({ ...now, blocked: true }) };
    case "unblock":
      return { ok: true, after: { ...now, blocked: false } };
  }
}

/**
 * What the other side's word makes of a relationship. Refusal is silence: an answer that told
 * "blocked" or "not wanted" from "not answered yet" would tell on its user.
 */
export function afterWord(
  now: Relationship,
  word: Word,
  { admits }: {
    /** Whether the user lets this one ask. */
    readonly admits: boolean;
  },
): Step {
  switch (word) {
    case "request":
      if (now.blocked) return { after: now };
      // They lack our yes, or both asked at once.
      if (now.bond === "friend" || now.bond === "asked") {
        return { after: { ...now, bond: "friend" }, say: "accept" };
      }
      return { after: admits ? { ...now, bond: "asks" } : now };
    case "accept":
      if (now.bond === "asked") return { after: { ...now, bond: "friend" } };
      // Only who asked can be accepted. Words that crossed end on both sides, block or none.
      return now.bond === "friend" ? { after: now } : { after: now, say: "remove" };
    case "remove":
      return { after: { ...now, bond: null } };
  }
}

function bonded(now: Relationship, bond: Bond, say: Word): Outcome {
  return { ok: true, after: { ...now, bond }, say };
}

/** A request that is declined is not answered. */
function ended(now: Relationship): Step {
  const after = { ...now, bond: null };
  return now.bond === "asked" || now.bond === "friend" ? { after, say: "remove" } : { after };
}
