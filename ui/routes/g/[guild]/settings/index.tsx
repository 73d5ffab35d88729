import { define } from "../../../../utils.ts";
import Overview, { handler as overview } from "./overview.tsx";

/** On a wide screen the settings open at their overview; on a phone at their list. */
export const handler = overview;

export default define.page<typeof handler>(Overview);
