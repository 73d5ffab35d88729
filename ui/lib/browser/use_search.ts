import { useEffect, useState } from "preact/hooks";
import {
  parseSearch,
  type SearchProblem,
  type SearchQuery,
  searchTerms,
} from "../../../core/search/query.ts";
import { utcOffset } from "../format/time.ts";
import type { ChatState } from "../store/chat.ts";
import { DeviceRooms } from "../search/device_rooms.ts";
import { unknownToDevice } from "../search/device_names.ts";
import { SearchRun } from "../search/run.ts";
import type { Subject } from "../search/subject.ts";

/** Whoever types is not answered for each letter (ms). */
const PAUSE_MS = 350;

export interface Search {
  readonly run: SearchRun | undefined;
  readonly problem: SearchProblem | undefined;
  readonly device: DeviceRooms | undefined;
  /** Asks at once what is typed. */
  readonly submit: () => void;
}

interface Asked {
  readonly text: string;
  /** By Enter: what is wrong with it is said. */
  readonly pressed: boolean;
}

/** Asks what is typed once somebody stops typing, of the server and of this device. */
export function useSearch(state: ChatState, subject: Subject, text: string): Search {
  const [device, setDevice] = useState<DeviceRooms | undefined>(undefined);
  const [asked, setAsked] = useState<Asked>({ text: "", pressed: false });
  const [run, setRun] = useState<SearchRun | undefined>(undefined);
  const [problem, setProblem] = useState<SearchProblem | undefined>(undefined);
  useEffect(() => {
    if (subject.device.length === 0) return setDevice(undefined);
    const rooms = new DeviceRooms(state, subject.device);
    setDevice(rooms);
    return () => rooms.close();
  }, [subject.key]);
  useEffect(() => {
    const timer = setTimeout(
      () => setAsked((held) => held.text === text ? held : { text, pressed: false }),
      PAUSE_MS,
    );
    return () => clearTimeout(timer);
  }, [text]);
  useEffect(() => {
    // The rooms of this device come a moment after the subject.
    if (subject.device.length > 0 && !device) return;
    const offset = utcOffset(state.now.value, state.timeZone.value);
    const parsed = parseSearch(asked.text, offset);
    if ("problem" in parsed) {
      if (asked.pressed || !isUnfinished(asked.text)) setProblem(parsed.problem);
      return;
    }
    setProblem(undefined);
    if (!isEnough(parsed.query, asked)) return setRun(undefined);
    const next = new SearchRun(parsed.query, {
      server: subject.server && {
        roomId: subject.server.roomId,
        question: questionFor(subject, asked.text, parsed.query),
        offset,
      },
      device,
      unknown: subject.server ? undefined : () => unknownToDevice(state, subject, parsed.query),
    });
    setRun(next);
    return () => next.close();
  }, [subject.key, device, asked]);
  return { run, problem, device, submit: () => setAsked({ text, pressed: true }) };
}

/** In one channel alone, unless others are named. */
function questionFor({ server }: Subject, text: string, query: SearchQuery): string {
  return server?.channel === undefined || query.in.length > 0
    ? text.trim()
    : `${text.trim()} in:${server.channel}`;
}

/** The last filter may still be being typed. */
function isUnfinished(text: string): boolean {
  const last = searchTerms(text).at(-1);
  return last !== undefined && last.end === text.length;
}

/** One letter is the beginning of too much to be asked for before Enter says so. */
function isEnough(query: SearchQuery, { pressed }: Asked): boolean {
  const filters = query.from.length + query.in.length + query.has.length + query.mentions.length;
  const dated = query.sinceTs !== undefined || query.untilTs !== undefined;
  const texts = [...query.words, ...query.phrases];
  if (texts.length === 0) return filters > 0 || dated;
  return pressed || texts.some((each) => each.length > 1);
}
