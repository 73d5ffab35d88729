import type { AdminSettings } from "../../../core/api/admin.ts";

/** Settings fixed by file, environment or flag: they win over what administrators chose. */
export type PinnedSettings = { readonly [Key in keyof AdminSettings]?: AdminSettings[Key] };
