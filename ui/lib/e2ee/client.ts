import { callApi } from "../browser/browser_api.ts";
import { openEngineOf } from "./host.ts";
import type { RemoteEngine } from "./remote_engine.ts";
import { findLack, type Lack } from "./support.ts";

/** This browser cannot encrypt. */
export class CannotEncrypt extends Error {
  override readonly name = "CannotEncrypt";

  constructor(readonly lack: Lack) {
    super(`This browser cannot encrypt: ${lack}.`);
  }
}

/**
 * This browser's end of the encryption for the account that is signed in; resolves when it runs.
 * It makes nothing by itself: a new device begins with `ask("setUp")`. @throws CannotEncrypt
 */
export async function openEngine(userId?: string): Promise<RemoteEngine> {
  const lack = await findLack();
  if (lack) throw new CannotEncrypt(lack);
  const engine = openEngineOf(userId ?? (await callApi("getAccount")).user.id);
  await engine.up;
  return engine;
}
