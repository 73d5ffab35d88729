import { join } from "node:path";
import { assert } from "../../core/assert.ts";
import { loadAssets } from "../../ui/lib/assets.ts";
import type { Pages as RenderPage } from "../../ui/main.ts";
import type { Config } from "../config/config.ts";
import type { ApiCall, Pages } from "../http/open_http.ts";
import { assetPath } from "../system/assets.ts";
import type { SystemParts } from "./store.ts";

/**
 * The web client; it calls the same app in process, in its visitor's name. What was built for
 * browsers is read now, so that a program without it does not start; the code that renders is
 * loaded with the first page, and not by a server that only programs talk to.
 */
export async function openPages(
  config: Config,
  system: SystemParts,
): Promise<(api: ApiCall) => Pages> {
  const assets = await loadAssets(join(assetPath("ui"), "_fresh"));
  let call: ApiCall | undefined;
  const load = async (): Promise<RenderPage> => {
    const { createUi } = await import("../../ui/main.ts");
    return createUi({
      ...system,
      api: (request, visitor) => {
        assert(call !== undefined, "pages are asked for once the app stands");
        return call(request, visitor);
      },
      facts: { embeddedDatabase: config.database.url === undefined },
    }, { assets });
  };
  let loading: Promise<RenderPage> | undefined;
  return (api) => {
    call = api;
    return async (request, { address, secure }) => {
      loading ??= load();
      return (await loading)(request, { address, secure });
    };
  };
}
