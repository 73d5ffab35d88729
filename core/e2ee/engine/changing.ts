import { comeIn, loseAndRejoin } from "./coming_in.ts";
import { settle } from "./handing_in.ts";
import { doWork } from "./work.ts";

/** What changes a room's group, or this device's place in it: fetched as one (`later.ts`). */
export const changing = { comeIn, doWork, loseAndRejoin, settle };
