import { queryDevices, type RemoteDeviceList } from "../../core/api/federation/encryption.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import type { Transport } from "../ports.ts";

/**
 * Asks a server what its users have published; those that it says nothing of are absent.
 * @throws TransportError
 */
export async function askDevices(
  transport: Pick<Transport, "call">,
  server: ServerName,
  { users, signal }: { readonly users: readonly UserId[]; readonly signal?: AbortSignal },
): Promise<ReadonlyMap<UserId, RemoteDeviceList>> {
  const answer = await transport.call(
    server,
    queryDevices,
    { users: [...users] },
    signal === undefined ? {} : { signal },
  );
  const asked = new Set<string>(users);
  return new Map(
    answer.users.filter(({ user }) => asked.has(user)).map((list) => [list.user as UserId, list]),
  );
}
