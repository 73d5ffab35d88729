import { define } from "../../utils.ts";
import Overview, { handler as overview } from "./overview.tsx";

/** On a wide screen the administration opens at its overview; on a phone at its list. */
export const handler = overview;

export default define.page<typeof handler>(Overview);
