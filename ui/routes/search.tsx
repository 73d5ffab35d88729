import { page } from "fresh";
import type { UnknownName } from "../../core/api/search.ts";
import { parseSearch, SEARCH_CHARS_MAX, type SearchQuery } from "../../core/search/query.ts";
import { FoundPicture } from "../components/chat/search/FoundPicture.tsx";
import { FoundText } from "../components/chat/search/FoundText.tsx";
import { Marks } from "../components/chat/search/Marks.tsx";
import { Unknown } from "../components/chat/search/Unknown.tsx";
import { Field } from "../components/Field.tsx";
import { PlainPage } from "../components/PlainPage.tsx";
import { Notice } from "../components/Notice.tsx";
import { loadChat } from "../lib/chat_page.ts";
import { refusal } from "../lib/forms.ts";
import { nameOf } from "../lib/format/names.ts";
import { messagePath } from "../lib/format/paths.ts";
import { formatDate, formatTime, utcOffset } from "../lib/format/time.ts";
import { t } from "../lib/i18n/t.ts";
import { groupByChannel, type SearchHit } from "../lib/search/hits.ts";
import { channelOfHit, placeOfHit, type Subject, subjectOf } from "../lib/search/subject.ts";
import { withName } from "../lib/search/instead.ts";
import { hitOf } from "../lib/search/server_pages.ts";
import { ChatState } from "../lib/store/chat.ts";
import { pathOf } from "../lib/store/place.ts";
import { define, type State } from "../utils.ts";

interface Page {
  readonly hits: readonly SearchHit[];
  readonly next: string | null;
  readonly count: string;
  readonly indexing: boolean;
  readonly unknown: readonly UnknownName[];
}

interface Data {
  readonly at: string;
  readonly q: string;
  readonly chat: ChatState;
  readonly subject: Subject;
  readonly found: Page | null;
  readonly error: string | null;
}

const NO_QUERY: SearchQuery = { words: [], phrases: [], from: [], in: [], has: [], mentions: [] };

async function find(
  state: State,
  { subject, chat }: Pick<Data, "subject" | "chat">,
  url: URL,
): Promise<Page | null> {
  const q = (url.searchParams.get("q") ?? "").trim();
  if (q === "" || !subject.server) return null;
  const cursor = url.searchParams.get("cursor");
  const found = await state.api.call("searchMessages", {
    params: { room_id: subject.server.roomId },
    query: {
      q,
      utc_offset: utcOffset(state.nowMs, chat.timeZone.value),
      ...(cursor === null ? {} : { cursor }),
    },
  });
  return {
    hits: found.messages.map(hitOf),
    next: found.next,
    count: t("search.found", { n: found.count, more: found.count_has_more ? "+" : "" }),
    indexing: found.indexing,
    unknown: found.unknown,
  };
}

export const handler = define.handlers<Data>({
  async GET(ctx) {
    const at = ctx.url.searchParams.get("at") ?? "/home";
    const props = await loadChat(ctx.state, ctx.req, at);
    if (!props) {
      return ctx.redirect(`/login?next=${encodeURIComponent(ctx.url.pathname + ctx.url.search)}`);
    }
    const chat = new ChatState(props);
    const subject = subjectOf(chat, "all");
    if (!subject) return ctx.redirect("/home");
    ctx.state.title = t("search.title");
    const q = (ctx.url.searchParams.get("q") ?? "").slice(0, SEARCH_CHARS_MAX);
    const data = { at: pathOf(chat.known, chat.place.value), q, chat, subject };
    try {
      return page({ ...data, found: await find(ctx.state, data, ctx.url), error: null });
    } catch (error) {
      return page({ ...data, found: null, error: refusal(error).message }, { status: 400 });
    }
  },
});

/** The search where there are no scripts: a plain form, and what was found under it. */
export default define.page<typeof handler>(({ data, state }) => (
  <PlainPage state={state} wide>
    <a href={data.at}>{t("search.pageBack")}</a>
    <h1>{t("search.title")}</h1>
    {data.subject.server ? <Ask data={data} /> : <p>{t("search.pageSealed")}</p>}
    {data.error !== null && <Notice kind="error">{data.error}</Notice>}
    {data.found && <Found data={data} found={data.found} />}
  </PlainPage>
));

function Ask({ data }: { data: Data }) {
  return (
    <form method="get" action="/search" role="search" class="stack">
      <input type="hidden" name="at" value={data.at} />
      <Field
        name="q"
        label={t("search.label")}
        value={data.q}
        hint={t("search.pageText")}
        spellcheck={false}
        autofocus
        required
      />
      <div>
        <button class="button primary" type="submit">{t("search.button")}</button>
      </div>
    </form>
  );
}

function Found({ data, found }: { data: Data; found: Page }) {
  const parsed = parseSearch(data.q);
  const query = "query" in parsed ? parsed.query : NO_QUERY;
  const more = new URLSearchParams({ at: data.at, q: data.q, cursor: found.next ?? "" });
  return (
    <section class="stack search-results" aria-label={t("search.results")}>
      <p role="status">{found.hits.length === 0 ? t("search.none") : found.count}</p>
      <Unknown
        names={found.unknown}
        offer={(each, near) => (
          <a
            key={near}
            href={`/search?${new URLSearchParams({
              at: data.at,
              q: withName(data.q, each, near),
            })}`}
          >
            {near}
          </a>
        )}
      />
      {found.hits.length === 0 && found.unknown.length === 0 && (
        <p class="muted">{t("search.noneText")}</p>
      )}
      {found.indexing && <p class="muted">{t("search.indexing")}</p>}
      {groupByChannel(found.hits).map((group) => (
        <Group key={group[0]?.id} hits={group} data={data} query={query} />
      ))}
      {found.next !== null && <a class="button" href={`/search?${more}`}>{t("search.more")}</a>}
    </section>
  );
}

function Group({ hits, data: { chat, subject }, query }: {
  hits: readonly SearchHit[];
  data: Data;
  query: SearchQuery;
}) {
  const channel = hits[0] && channelOfHit(subject.guild, hits[0]);
  const zone = chat.timeZone.value;
  return (
    <section>
      {channel && <h2 class="group-name">#{channel.name}</h2>}
      <ul class="side-list">
        {hits.map((hit) => {
          const place = placeOfHit(subject, hit);
          return (
            <li key={hit.id}>
              <a
                class="found"
                href={place ? messagePath(pathOf(chat.known, place), hit.id) : "/home"}
              >
                <span class="grow">
                  <span class="row-tight">
                    <span class="strong clip">{hit.name ?? nameOf(chat.userOf(hit.sender))}</span>
                    <span class="tiny muted">
                      {formatDate(hit.ts, zone)}, {formatTime(hit.ts, zone)}
                    </span>
                  </span>
                  <span class="block break">
                    <FoundText source={hit.text} query={query} state={chat} />
                  </span>
                  {hit.media.map(({ uri, name }) => (
                    <span key={uri} class="block tiny muted">
                      <Marks text={name} query={query} />
                    </span>
                  ))}
                </span>
                <FoundPicture media={hit.media} />
              </a>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
