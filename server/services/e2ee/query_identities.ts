import type { PublishedIdentity } from "../../../core/api/e2ee_devices.ts";
import { base64Of } from "../../../core/e2ee/bytes.ts";
import { serverOf, type UserId } from "../../../core/ids/user_id.ts";
import type { Queryable } from "../../postgres/sql.ts";
import { requireUserId } from "../chat/place.ts";
import type { DeviceDeps } from "./device_deps.ts";
import { findCertified, findIdentities, identityOf } from "./device_rows.ts";
import { knownAmong } from "./knows.ts";

/**
 * Identities and certified devices, in the order asked. Of people whom the caller neither shares a
 * room with nor is friends with it is told what would be told of somebody who has none.
 * @throws OperationError `not_found` where something is no user id
 */
export async function queryIdentities(
  deps: Pick<DeviceDeps, "sql" | "serverName" | "elsewhere">,
  asker: UserId,
  rawUsers: readonly string[],
): Promise<PublishedIdentity[]> {
  const users = [...new Set(rawUsers.map(requireUserId))];
  const known = await knownAmong(deps.sql, asker, users);
  const [here, elsewhere] = [true, false].map((isHere) =>
    users.filter((user) => known.has(user) && (serverOf(user) === deps.serverName) === isHere)
  );
  const published = await publishedHere(deps.sql, here ?? []);
  const remote = await deps.elsewhere.find(elsewhere ?? []);
  return users.map((user) => published.get(user) ?? remote.get(user) ?? nothingOf(user));
}

/** What accounts of this server have published. */
export async function publishedHere(
  sql: Queryable,
  users: readonly UserId[],
): Promise<ReadonlyMap<UserId, PublishedIdentity>> {
  const identities = await findIdentities(sql, users);
  const devices = Map.groupBy(await findCertified(sql, users), (row) => row.user_id);
  return new Map(users.map((user) => {
    const identity = identities.get(user);
    return [user, {
      user_id: user,
      identity: identity === undefined ? null : identityOf(identity),
      devices: (devices.get(user) ?? []).map(({ device_id, certificate }) => ({
        device: device_id,
        certificate: base64Of(certificate),
      })),
    }];
  }));
}

function nothingOf(user: UserId): PublishedIdentity {
  return { user_id: user, identity: null, devices: [] };
}
