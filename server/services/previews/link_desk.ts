import type { LinkWords } from "../../../core/api/preview.ts";
import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import { previewAddress } from "../../../core/previews/preview_words.ts";
import type { PreviewFinder } from "./preview_finder.ts";
import { PREVIEW_LIMITS } from "./preview_limits.ts";
import { Tally } from "./tally.ts";

/**
 * Looks at links for people who are about to send them encrypted. What they ask lives as long as
 * the question: neither the link nor what was found is kept, told or logged. PROTOCOL.md 12.
 */
export class LinkDesk {
  readonly #finder: Pick<PreviewFinder, "look">;
  readonly #askers: Tally;

  constructor(deps: {
    readonly finder: Pick<PreviewFinder, "look">;
    readonly clock: Pick<Clock, "monotonic">;
  }) {
    this.#finder = deps.finder;
    const { authorLinks: most, authorMs: windowMs, authors: keys } = PREVIEW_LIMITS;
    this.#askers = new Tally(deps.clock, { most, windowMs, keys });
  }

  /**
   * Null: the page says nothing of itself, or was not reached.
   * @throws OperationError `invalid`, `rate_limited`
   */
  async look(userId: UserId, link: string): Promise<LinkWords | null> {
    const url = previewAddress(link);
    if (url === undefined) {
      // Not quoted: errors are written down in places where the link must not be.
      throw new OperationError("invalid", "This is no address of the web that has a preview.", {
        details: { field: "url" },
      });
    }
    if (!this.#askers.take(userId)) {
      const { authorLinks, authorMs } = PREVIEW_LIMITS;
      throw new OperationError(
        "rate_limited",
        `At most ${authorLinks} links are looked at in ${authorMs / 60_000} minutes.`,
        { details: { retry_after_ms: Math.ceil(this.#askers.waitMs(userId)) } },
      );
    }
    const words = await this.#finder.look(url);
    if (words === undefined) return null;
    const { title, site = null, description = null } = words;
    return { url: url.href, site, title, description };
  }
}
