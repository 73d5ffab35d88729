import type { LogLevel } from "../../core/ports/log.ts";
import type { EngineWish } from "../../voice/fast/open_fast.ts";
import type { EngineName } from "../../voice/sfu/engine.ts";
import type {
  Media,
  MediaFigures,
  MediaOrder,
  MediaPlan,
  MediaReport,
} from "../../voice/sfu/media.ts";

/** What a thread for packets is told. */
export type ToThread =
  /** First of all, and once. */
  | { readonly kind: "start"; readonly plan: MediaPlan; readonly engine: EngineWish }
  | { readonly kind: "order"; readonly order: MediaOrder }
  | { readonly kind: "stop" };

/** What it says. */
export type FromThread =
  | {
    readonly kind: "ready";
    readonly port: number;
    readonly engine: EngineName;
    readonly candidates: Media["candidates"];
  }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "report"; readonly report: MediaReport }
  | { readonly kind: "stats"; readonly stats: MediaFigures }
  | {
    readonly kind: "log";
    readonly level: LogLevel;
    readonly message: string;
    readonly fields: Readonly<Record<string, unknown>>;
  }
  | { readonly kind: "stopped" };
