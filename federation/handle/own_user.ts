import { parseUserId, serverOf, type UserId } from "../../core/ids/user_id.ts";
import type { Asked } from "../ports.ts";
import { notHere } from "./not_here.ts";

/** A server acts for its own users alone. @throws OperationError `not_found` */
export function ownUser(asked: Asked, raw: string): UserId {
  const user = parseUserId(raw);
  if (user === undefined || serverOf(user) !== asked.origin) throw notHere();
  return user;
}
