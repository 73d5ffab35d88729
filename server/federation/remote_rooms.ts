import { lookAtLink, redeemLink } from "../../core/api/federation/membership.ts";
import { getProfile } from "../../core/api/federation/people.ts";
import { OperationError } from "../../core/errors.ts";
import { parseRoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { serverOf } from "../../core/ids/user_id.ts";
import { askMembership, type AskPorts } from "../../federation/perform/ask_membership.ts";
import { TransportError } from "../../federation/ports.ts";
import type { Sql } from "../postgres/sql.ts";
import type { RemoteRooms } from "../services/chat/remote_rooms.ts";
import type { Joins } from "./joins.ts";
import type { MembershipJobs } from "./membership_jobs.ts";
import { remoteFailure } from "./words.ts";

export interface RemoteRoomsDeps {
  readonly sql: Sql;
  readonly ask: AskPorts;
  readonly joins: Pick<Joins, "join">;
  readonly jobs: MembershipJobs;
  readonly serverAt: RemoteRooms["serverAt"];
  readonly announceInvitation: RemoteRooms["announceInvitation"];
  readonly announceConversation: RemoteRooms["announceConversation"];
}

/** Another server says that it has nothing of that name. */
const isUnknown = (error: unknown) =>
  error instanceof TransportError && error.kind === "refused" && error.details.code === "not_found";

/** What services ask of other servers, over signed requests. */
export function remoteRooms(deps: RemoteRoomsDeps): RemoteRooms {
  const { transport } = deps.ask;
  const inOurWords = async <Answer>(server: ServerName, request: Promise<Answer>) => {
    try {
      return await request;
    } catch (error) {
      throw remoteFailure(error, server);
    }
  };
  return {
    look: (server, code) => inOurWords(server, transport.call(server, lookAtLink, { code })),
    async redeem(server, code, user) {
      const answer = await inOurWords(
        server,
        transport.call(server, redeemLink, { code, user }),
      );
      const roomId = parseRoomId(answer.room_id);
      if (roomId === undefined) {
        throw new OperationError("unavailable", `${server} answered with a guild that is none.`);
      }
      return { room_id: roomId, channel_id: answer.channel_id };
    },
    join: (join) => deps.joins.join(join),
    async knock({ user, roomId, servers }) {
      const [first] = servers;
      const asked = askMembership(deps.ask, { roomId, user, membership: "knock" }, servers);
      if (first === undefined) await asked;
      else await inOurWords(first, asked);
    },
    async requireUser(user) {
      const server = serverOf(user);
      await inOurWords(
        server,
        transport.call(server, getProfile, { user }).catch((error) => {
          if (!isUnknown(error)) throw error;
          throw new OperationError("not_found", `There is no user ${user} on ${server}.`);
        }),
      );
    },
    serverAt: deps.serverAt,
    tell: (job) => deps.jobs.row(job),
    tellNow: (job) => deps.jobs.tellNow(job),
    tellWithin: (tx, job) => deps.jobs.tellWithin(tx, job),
    announceInvitation: deps.announceInvitation,
    announceConversation: deps.announceConversation,
    wake: () => deps.jobs.wake(),
  };
}
