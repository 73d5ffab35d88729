import type { Erasure } from "../../../core/api/erasure.ts";
import { OperationError } from "../../../core/errors.ts";
import type { ServerName } from "../../../core/ids/server_name.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { Sql } from "../../postgres/sql.ts";
import { limits } from "../../../core/limits.ts";

/** Each order asks every server that may hold something: one person gives few of them. */
const ORDER_EVERY_MS = 10 * 60_000;
/** Orders shown to their person, newest first. */
const ORDERS_SHOWN = 20;

export interface OrderDeps {
  readonly sql: Sql;
  readonly clock: Pick<Clock, "now">;
  readonly serverName: ServerName;
  /** There is something to carry out. */
  readonly wakeErasures: () => void;
}

/**
 * Orders that everything a user of this server wrote until now is taken away, here and on every
 * server that may hold it: those of whoever was with them in a room. Answers the order's number.
 * @throws OperationError `rate_limited`
 */
export async function orderErasure(
  deps: OrderDeps,
  user: UserId,
  { isLast = false }: { /** The account ends with it: nothing comes after. */ isLast?: boolean } =
    {},
): Promise<number> {
  const now = deps.clock.now();
  const seq = await deps.sql.begin(async (tx) => {
    const [last] = await tx<{ seq: number; created_ts: number }[]>`
      select seq, created_ts from erasure_orders where user_id = ${user}
      order by seq desc limit 1`;
    const waitMs = (last?.created_ts ?? 0) + ORDER_EVERY_MS - now;
    if (waitMs > 0 && !isLast) throw tooSoon(waitMs);
    const next = (last?.seq ?? 0) + 1;
    await tx`
      insert into erasure_orders (user_id, seq, before_ts, created_ts)
      values (${user}, ${next}, ${now}, ${now})`;
    await tx`
      insert into erasure_receipts (user_id, seq, server, state, next_try_ts)
      select ${user}, ${next}, server, 'pending', ${now} from (
        select ${deps.serverName}::text as server
        union
        select substr(m.state_key, strpos(m.state_key, ':') + 1) from current_state own
        join current_state m on m.room_id = own.room_id and m.type = 'm.room.member'
          and m.membership in ('join', 'leave', 'ban')
        where own.type = 'm.room.member' and own.state_key = ${user}
        limit ${limits.federation.maxServersPerAnswer}) as servers`;
    return next;
  });
  deps.wakeErasures();
  return seq;
}

function tooSoon(waitMs: number): OperationError {
  return new OperationError(
    "rate_limited",
    `What you had written was ordered to be erased a short while ago; order it again in ${
      Math.ceil(waitMs / 60_000)
    } min.`,
    { details: { retry_after_ms: waitMs } },
  );
}

/** A person's orders, with what each server answered. */
export async function listErasures(
  deps: Pick<OrderDeps, "sql">,
  user: UserId,
): Promise<Erasure[]> {
  const orders = await deps.sql<{ seq: number; before_ts: number; created_ts: number }[]>`
    select seq, before_ts, created_ts from erasure_orders where user_id = ${user}
    order by seq desc limit ${ORDERS_SHOWN}`;
  const rows = await deps.sql<(Erasure["servers"][number] & { seq: number })[]>`
    select seq, server, state, erased, done_ts, tries, error from erasure_receipts
    where user_id = ${user} and seq = any(${orders.map((order) => order.seq)})
    order by server`;
  return orders.map((order) => ({
    ...order,
    servers: rows.filter((row) => row.seq === order.seq).map(({ seq: _seq, ...rest }) => rest),
  }));
}
