import type { ComponentChildren } from "preact";
import type { State } from "../utils.ts";
import { SiteFooter } from "./Footer.tsx";
import { Wordmark } from "./Logo.tsx";

/** A page that is nothing but its text: `wide` for lists, else one thing in the middle. */
export function PlainPage(
  { state, wide, children }: { state: State; wide?: boolean; children: ComponentChildren },
) {
  return (
    <div class={wide ? "plain-page search-page" : "plain-page"}>
      <header>
        <Wordmark />
      </header>
      <main id="main" class={wide ? "stack" : "empty"}>{children}</main>
      {state.server.version !== "" && <SiteFooter server={state.server} />}
    </div>
  );
}
