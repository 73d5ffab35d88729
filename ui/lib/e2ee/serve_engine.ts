import type { DeviceEngine } from "../../../core/e2ee/engine/types.ts";
import { ASKABLE, type EngineChannel, type EngineMessage, type PlainError } from "./messages.ts";

/** Questions that are being answered at a time; more are refused. */
const ASKED_MAX = 2000;

function plain(error: unknown): PlainError {
  const known = error instanceof Error ? error : new Error(String(error));
  const { reason, code, details } = known as {
    reason?: unknown;
    code?: unknown;
    details?: PlainError["details"];
  };
  const said = reason ?? code;
  return {
    name: known.name,
    message: known.message,
    reason: typeof said === "string" ? said : undefined,
    details,
  };
}

/** An engine as far as it is served: what it does not have is refused to who asks for it. */
type ServedEngine =
  & Pick<DeviceEngine, "state" | "rooms" | "onChange">
  & Partial<DeviceEngine>;

/** Answers the tabs, and tells them what changes. `heard` takes what their gateways say. */
export function serveEngine(
  engine: ServedEngine,
  channel: EngineChannel,
  heard: (dispatch: Extract<EngineMessage, { kind: "dispatch" }>["dispatch"]) => void,
): void {
  const life = crypto.randomUUID();
  const running = new Set<string>();
  const view = () => ({
    device: engine.state(),
    rooms: engine.rooms(),
    verifications: engine.verifications?.() ?? [],
  });
  const answer = async ({ id, name, args }: Extract<EngineMessage, { kind: "ask" }>) => {
    // Asked again by a tab that took another tab's word for a new engine.
    if (running.has(id)) return;
    const ask = ASKABLE.includes(name) ? engine[name] : undefined;
    if (!ask || running.size >= ASKED_MAX) {
      const error = plain(new Error(`The engine does not answer ${name} now.`));
      return channel.postMessage({ kind: "refused", id, error });
    }
    running.add(id);
    try {
      const value = await (ask as (...args: unknown[]) => unknown).apply(engine, [...args]);
      channel.postMessage({ kind: "answer", id, value });
    } catch (error) {
      channel.postMessage({ kind: "refused", id, error: plain(error) });
    } finally {
      running.delete(id);
    }
  };
  channel.onmessage = ({ data }) => {
    if (data.kind === "hello") channel.postMessage({ kind: "up", view: view(), life });
    if (data.kind === "ask") void answer(data);
    if (data.kind === "dispatch") heard(data.dispatch);
  };
  engine.onChange((change) => channel.postMessage({ kind: "change", change, view: view() }));
  channel.postMessage({ kind: "up", view: view(), life });
}
