import { z } from "zod";
import { defineOperation } from "./operation.ts";
import { User } from "./user.ts";

/** One letter is the beginning of too many names. */
export const PEOPLE_QUERY_MIN = 2;

export const findPeople = defineOperation({
  id: "findPeople",
  scope: "read",
  method: "GET",
  path: "/client/v1/people",
  tag: "users",
  summary: "People of this server whose name begins so, as far as each wants to be found",
  auth: "user",
  query: z.object({
    q: z.string().trim().min(PEOPLE_QUERY_MIN).max(64).describe(
      "Beginning of a user name or a display name; who is of another server is asked for by id",
    ),
    limit: z.coerce.number().int().min(1).max(20).default(8),
  }),
  result: z.object({ users: z.array(User) }),
  errors: ["invalid", "rate_limited"],
});
