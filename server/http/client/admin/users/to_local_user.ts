import { parseUserId, type UserId } from "../../../../../core/ids/user_id.ts";
import { noSuchUser } from "../../../../services/accounts/refusals.ts";

/** The id in an address of the administration. @throws OperationError `not_found` */
export function toLocalUser(text: string): UserId {
  const id = parseUserId(text);
  if (id === undefined) throw noSuchUser(text);
  return id;
}
