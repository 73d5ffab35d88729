import type { ConfigurationEntry } from "../../../core/api/admin_server.ts";
import type { DoctorDesk } from "../../doctor/doctor_desk.ts";
import type { PinnedSettings } from "../../services/accounts/pinned_settings.ts";
import type { OverviewDeps } from "../../services/figures/get_overview.ts";

/** What the routes about the server itself need. */
export interface ServerRouteDeps extends OverviewDeps {
  /** Settings that the configuration fixes. */
  readonly pinned: PinnedSettings;
  /** The configuration as it was read at the start, for people. */
  readonly configuration: readonly ConfigurationEntry[];
  /** Path of the configuration file that was read. */
  readonly configFile: string | null;
  readonly doctor: Pick<DoctorDesk, "run" | "last">;
}
