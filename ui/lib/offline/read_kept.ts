import { lastPlaceIn } from "../last_place.ts";
import type { ChatProps } from "../store/chat.ts";
import { isTalk, parsePlace, pathOf, placeKey } from "../store/place.ts";
import { OfflineDb } from "./offline_db.ts";

/**
 * What the app can be drawn from without a server, at the path asked for; at the start page, where
 * one was last. `elsewhere`: the path is none of the app, so its page cannot be shown.
 */
export async function readKept(
  pathname: string,
  cookies: string,
): Promise<{ props: ChatProps | undefined; elsewhere: boolean }> {
  let db: OfflineDb | undefined;
  try {
    db = await OfflineDb.open();
    const app = await db.readApp();
    if (!app) return { props: undefined, elsewhere: false };
    const asked = pathname === "/" || pathname === "/offline"
      ? lastPlaceIn(cookies) ?? "/home"
      : pathname;
    const place = parsePlace(app.snapshot, asked);
    const there = place ?? { kind: "home" } as const;
    const page = isTalk(there) ? await db.readMessages(placeKey(there)) : undefined;
    if (place && asked !== pathname) history.replaceState(null, "", pathOf(app.snapshot, place));
    return {
      props: { ...app, place: there, page: page ?? null, members: null },
      elsewhere: place === undefined,
    };
  } catch {
    return { props: undefined, elsewhere: false };
  } finally {
    db?.close();
  }
}
