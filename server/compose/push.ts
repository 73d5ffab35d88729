import type { Bus } from "../../core/ports/bus.ts";
import type { Config } from "../config/config.ts";
import { HttpClient } from "../federation/http_client.ts";
import type { Live } from "../http/live.ts";
import { resolveHost } from "../federation/resolve_host.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { subscribeAccountEvents } from "../services/accounts/account_event.ts";
import type { ChatDeps } from "../services/chat/chat_deps.ts";
import type { PushDesk } from "../services/push/push_devices.ts";
import { PushFollower } from "../services/push/push_follower.ts";
import { publishPushNotice, subscribePushNotices } from "../services/push/push_notice.ts";
import { PushQueue } from "../services/push/push_queue.ts";
import type { PushTarget } from "../services/push/push_rows.ts";
import { PushRings } from "../services/push/push_rings.ts";
import { sendPush } from "../services/push/push_sender.ts";
import { openVapidKey } from "../services/push/vapid_key.ts";
import type { StoreParts, SystemParts } from "./store.ts";

/** What tells devices while no page is open; undefined where that is off. */
export async function composePush(
  config: Config,
  system: SystemParts,
  input: {
    readonly store: StoreParts;
    readonly bus: Bus;
    readonly chat: ChatDeps;
    readonly live: Live;
    readonly metrics: Metrics;
    readonly stack: AsyncDisposableStack;
  },
): Promise<PushDesk | undefined> {
  if (!config.push.enabled) return undefined;
  const { store, bus, chat, stack } = input;
  const { clock } = system;
  const log = system.log.child({ part: "push" });
  const { sql } = store.database;
  // Not every push service speaks the newest TLS.
  const client = stack.use(new HttpClient({ clock, resolveHost, minTls: "TLSv1.2" }));
  const key = await openVapidKey(sql, clock.now());
  const testServices = new Set(config.push.testServices.map((each) => new URL(each).origin));
  const subject = `mailto:postmaster@${chat.serverName.split(":")[0]}`;
  const send = (target: PushTarget, payload: string, ttlS: number) =>
    sendPush({ client, key, subject, testServices }, target, { payload, ttlS });
  const queue = stack.use(new PushQueue({ ...system, sql, log, send }));
  const follower = stack.use(
    await PushFollower.begin({
      ...chat,
      log,
      queue,
      ownWriterId: () => store.appendLog.writerId,
    }),
  );
  const rings = stack.use(new PushRings({ ...chat, log, queue }));
  input.live.voice.tellRings(rings);
  input.metrics.observeQueue("push", () => queue.size);
  stack.defer(store.feed.subscribe((batch) => follower.take(batch)));
  stack.defer(subscribePushNotices(bus, ({ userId }) => follower.subscribed(userId)));
  stack.defer(subscribeAccountEvents({ bus, log }, (event) => {
    if (event.kind !== "sessions_revoked") return;
    const { user_id, session_ids: ended } = event;
    queue.forget(({ userId, sessionId }) =>
      userId === user_id && (ended === null || ended.includes(sessionId))
    );
  }));
  return {
    key: key.publicKey,
    testServices,
    send,
    announce: (notice) => publishPushNotice(bus, notice),
  };
}
