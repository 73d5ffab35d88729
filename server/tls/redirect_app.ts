import type { App } from "../http/app.ts";
import type { Challenges } from "./challenges.ts";

/** What port 80 answers: the authority's questions, and to everybody else the HTTPS address. */
export function redirectApp(
  options: { readonly challenges: Challenges; readonly target: string },
): App {
  return {
    fetch(request) {
      const url = new URL(request.url);
      const answer = options.challenges.find(url.pathname);
      if (answer !== undefined) {
        return Promise.resolve(new Response(answer, { headers: { "content-type": "text/plain" } }));
      }
      // Never the request's own Host: that would send people wherever a link's maker likes.
      const location = `${options.target}${url.pathname}${url.search}`;
      return Promise.resolve(new Response(null, { status: 308, headers: { location } }));
    },
  };
}
