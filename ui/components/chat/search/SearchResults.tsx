import type { UnknownName } from "../../../../core/api/search.ts";
import { isForDevice } from "../../../lib/search/device_fits.ts";
import { channelIcon } from "../../../lib/format/channel_icon.ts";
import { nameOf } from "../../../lib/format/names.ts";
import { formatDate, formatFull, formatTime } from "../../../lib/format/time.ts";
import { t } from "../../../lib/i18n/t.ts";
import { groupByChannel, type SearchHit } from "../../../lib/search/hits.ts";
import { forgetSearches, readSearches } from "../../../lib/search/recent.ts";
import type { Found } from "../../../lib/search/run.ts";
import { channelOfHit, type Subject } from "../../../lib/search/subject.ts";
import type { Search } from "../../../lib/browser/use_search.ts";
import { useState } from "preact/hooks";
import type { SearchProblem, SearchQuery } from "../../../../core/search/query.ts";
import { HAS, SEARCH_TERMS_MAX } from "../../../../core/search/query.ts";
import { Avatar } from "../../Avatar.tsx";
import { Drawing } from "../../Drawing.tsx";
import { Icon } from "../../Icon.tsx";
import { useChat } from "../chat_context.ts";
import { FoundPicture, FoundSealed } from "./FoundPicture.tsx";
import { FoundText } from "./FoundText.tsx";
import { Marks } from "./Marks.tsx";
import { Unknown } from "./Unknown.tsx";

interface ResultsProps {
  readonly search: Search;
  readonly subject: Subject;
  readonly onPick: (hit: SearchHit) => void;
  readonly onRecent: (text: string) => void;
  /** Another name in place of one that fits nobody. */
  readonly onInstead: (unknown: UnknownName, name: string) => void;
}

/** What was found, or why there is nothing. */
export function SearchResults(
  { search, subject, onPick, onRecent, onInstead }: ResultsProps,
) {
  const { problem } = search;
  // What was found before stands for another question.
  const run = problem ? undefined : search.run;
  const found = run?.found.value;
  const unknown = unknownTo(subject, found?.unknown);
  return (
    <div class="side-scroll search-results">
      <p class="small muted search-status" role="status">{statusOf(found, problem)}</p>
      {problem && <p class="field-error search-note" role="alert">{problemOf(problem)}</p>}
      <Unknown
        names={unknown}
        offer={(each, near) => (
          <button
            key={near}
            type="button"
            class="button small"
            onClick={() => onInstead(each, near)}
          >
            {near}
          </button>
        )}
      />
      <Notes search={search} subject={subject} />
      {found?.fault && (
        <p class="field-error search-note" role="alert">
          {found.fault}{" "}
          <button type="button" class="button small" onClick={() => search.submit()}>
            {t("retry")}
          </button>
        </p>
      )}
      {!run && !problem && <Before onRecent={onRecent} />}
      {found && found.hits.length === 0 && found.answered && !found.loading && !found.fault && (
        <div class="empty">
          <Drawing name="quiet" />
          <h3>{t("search.none")}</h3>
          {unknown.length === 0 && <p>{t("search.noneText")}</p>}
        </div>
      )}
      {run && found && groupByChannel(found.hits).map((group) => (
        <Group
          key={group[0]?.id}
          hits={group}
          query={run.query}
          subject={subject}
          onPick={onPick}
        />
      ))}
      {found && found.hits.length === 0 && found.loading && <Waiting />}
      {run && found?.hasMore && (
        <button
          type="button"
          class="button small wide"
          aria-disabled={found.loading ? "true" : undefined}
          onClick={() => run.more()}
        >
          {found.loading ? t("loading") : t("search.more")}
        </button>
      )}
    </div>
  );
}

/** Channels that only this device can read are none that the server does not know. */
function unknownTo({ device }: Subject, names: readonly UnknownName[] = []): UnknownName[] {
  return names.filter(({ filter, name }) =>
    filter !== "in" ||
    !device.some((room) => room.roomId === name || room.name.toLowerCase() === name.toLowerCase())
  );
}

function statusOf(found: Found | undefined, problem: SearchProblem | undefined): string {
  if (!found || problem || found.fault) return "";
  if (found.hits.length === 0 && (found.loading || !found.answered)) return t("search.looking");
  return t("search.found", {
    n: found.count ?? found.hits.length,
    more: found.countHasMore ? "+" : "",
  });
}

function problemOf(problem: SearchProblem): string {
  if (problem.code === "many") return t("search.problem.many", { n: SEARCH_TERMS_MAX });
  if (problem.code === "empty") return t("search.problem.empty", { filter: problem.filter });
  return problem.code === "has"
    ? t("search.problem.has", { value: problem.value, known: HAS.join(", ") })
    : t("search.problem.date", { filter: problem.filter, value: problem.value });
}

/** What of the place is not, or not yet, looked through. */
function Notes({ search: { run, device }, subject }: { search: Search; subject: Subject }) {
  const progress = device?.progress.value;
  const n = subject.device.length;
  const lines = [
    ...(run?.found.value.indexing ? [t("search.indexing")] : []),
    ...(subject.left > 0 ? [t("search.left", { n: subject.left })] : []),
    ...(progress === undefined
      ? []
      : progress.fault !== undefined
      ? [t("search.deviceFault", { n, reason: progress.fault })]
      : run && !isForDevice(run.query)
      ? [t("search.deviceWords")]
      : progress.done
      ? [t("search.ready", { n: progress.read })]
      : [t("search.reading", { n: progress.read })]),
  ];
  return <>{lines.map((line) => <p key={line} class="small muted search-note">{line}</p>)}</>;
}

/** Before anything was asked: what can be asked, and what was asked lately. */
function Before({ onRecent }: { onRecent: (text: string) => void }) {
  const state = useChat();
  const selfId = state.self.value.user.id;
  const [recent, setRecent] = useState(() => readSearches(selfId));
  if (recent.length === 0) return <p class="small muted search-note">{t("search.begin")}</p>;
  return (
    <section>
      <div class="row-tight">
        <h3 class="group-name grow">{t("search.recent")}</h3>
        <button
          type="button"
          class="button small quiet"
          onClick={() => {
            forgetSearches(selfId);
            setRecent([]);
          }}
        >
          {t("search.forget")}
        </button>
      </div>
      <ul class="side-list">
        {recent.map((text) => (
          <li key={text}>
            <button type="button" class="side-row" onClick={() => onRecent(text)}>
              <Icon name="clock" small />
              <span class="clip">{text}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Group({ hits, query, subject, onPick }: {
  hits: readonly SearchHit[];
  query: SearchQuery;
  subject: Subject;
  onPick: (hit: SearchHit) => void;
}) {
  const [first] = hits;
  const channel = first && channelOfHit(subject.guild, first);
  return (
    <section>
      {channel && (
        <h3 class="group-name row-tight">
          <Icon name={channelIcon(channel)} small />
          <span class="clip">{channel.name}</span>
        </h3>
      )}
      <ul class="side-list" aria-label={channel ? channel.name : t("search.results")}>
        {hits.map((hit) => <Hit key={hit.id} hit={hit} query={query} onPick={onPick} />)}
      </ul>
    </section>
  );
}

function Hit({ hit, query, onPick }: {
  hit: SearchHit;
  query: SearchQuery;
  onPick: (hit: SearchHit) => void;
}) {
  const state = useChat();
  const zone = state.timeZone.value;
  const name = hit.name ?? nameOf(state.userOf(hit.sender));
  return (
    <li>
      <button type="button" class="found" data-hit onClick={() => onPick(hit)}>
        <Avatar id={hit.sender} name={name} uri={hit.avatar} size="s" />
        <span class="grow">
          <span class="row-tight">
            <span class="strong clip">{name}</span>
            <time
              class="tiny faint"
              dateTime={new Date(hit.ts).toISOString()}
              title={formatFull(hit.ts, zone)}
            >
              {formatDate(hit.ts, zone)}, {formatTime(hit.ts, zone)}
            </time>
          </span>
          {hit.text !== "" && (
            <span class="block break">
              <FoundText source={hit.text} query={query} state={state} />
            </span>
          )}
          {hit.media.map(({ uri, name }) => (
            <span key={uri} class="row-tight tiny muted">
              <Icon name="clip" small />
              <span class="clip">
                <Marks text={name} query={query} />
              </span>
            </span>
          ))}
        </span>
        {hit.sealed ? <FoundSealed message={hit.sealed} /> : <FoundPicture media={hit.media} />}
      </button>
    </li>
  );
}

function Waiting() {
  return (
    <div class="skeletons" aria-hidden="true">
      {Array.from({ length: 4 }, (_, i) => (
        <div class={`skeleton-row w${i % 4}`} key={i}>
          <span class="skeleton skeleton-avatar" />
          <span class="skeleton skeleton-name" />
        </div>
      ))}
    </div>
  );
}
