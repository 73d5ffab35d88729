// Written by ui/dev.ts from the folders routes/ and islands/. Do not edit.
import type { Snapshot } from "./lib/fresh/types.ts";
import * as route0 from "./routes/_404.tsx";
import * as route1 from "./routes/_app.tsx";
import * as route2 from "./routes/_error.tsx";
import * as route3 from "./routes/_middleware.ts";
import * as route4 from "./routes/index.tsx";
import * as route5 from "./routes/invite/[code].tsx";
import * as route6 from "./routes/login.tsx";
import * as route7 from "./routes/logout.ts";
import * as route8 from "./routes/register.tsx";
import * as route9 from "./routes/reset/[token].tsx";
import * as route10 from "./routes/setup/[token].tsx";

export const snapshot: Snapshot = {
  routes: [
    { file: "_404.tsx", module: route0 },
    { file: "_app.tsx", module: route1 },
    { file: "_error.tsx", module: route2 },
    { file: "_middleware.ts", module: route3 },
    { file: "index.tsx", module: route4 },
    { file: "invite/[code].tsx", module: route5 },
    { file: "login.tsx", module: route6 },
    { file: "logout.ts", module: route7 },
    { file: "register.tsx", module: route8 },
    { file: "reset/[token].tsx", module: route9 },
    { file: "setup/[token].tsx", module: route10 },
  ],
  islands: [],
};
