import { define } from "../../utils.ts";
import Profile, { handler as profile } from "./profile.tsx";

/** On a wide screen the settings open at the profile; on a phone at their list. */
export const handler = profile;

export default define.page<typeof handler>(Profile);
