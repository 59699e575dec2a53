/**
 * ftrace text to typed events. One line is `comm-pid [cpu] flags time: event: fields`; lines that begin with `#` are the header.
 */
import { BROADCAST_EVENTS } from './broadcast-events.js';
import type { EventBody, TraceEvent } from './events.js';
import { FieldError } from './fields.js';
import { KERNEL_EVENTS, parseSyscall } from './kernel-events.js';
import { type BodyParser, PROBE_EVENTS } from './probe-events.js';
import type { Recording } from './recording.js';
import { quote, TraceError } from './trace-error.js';

/** ftrace itself never writes a longer line (its line buffer is 8 KiB). */
const MAX_LINE = 16_384;
/** Bounds the memory of a recording (about 300 bytes an event). */
export const MAX_EVENTS = 2_000_000;
const MAX_CPU = 4095;

/** Task, CPU, flags and time. Task names are bounded so that a hostile line cannot make the match slow. */
const HEAD =
  /^ {0,32}(.{1,64}?)-(\d{1,10}) {1,16}(?:\([ \d-]{1,12}\) {1,8})?\[(\d{1,4})\] {1,8}(?:([A-Za-z.\d#]{3,8}) {1,12})?(\d{1,20})(?:\.(\d{1,9}))?: (.*)$/u;
const NAMED = /^([A-Za-z_][\w.-]{0,63}): ?(.*)$/u;
/** Events without a colon: the function tracer's `function <-caller`, system calls that have no parser here. */
const UNNAMED = /^([A-Za-z_][\w.]{0,127})(?: <-|\(| -> )/u;
const ENTRIES = /^# entries-in-buffer\/entries-written: (\d{1,12})\/(\d{1,12})\s+#P:(\d{1,5})\s*$/u;
const LOST = /^CPU:\d{1,4} \[LOST (?:(\d{1,12}) )?EVENTS\]$/u;

const EXPECTED_LINE = 'expected an ftrace line "comm-pid [cpu] flags seconds.microseconds: event: fields"';

const PARSERS: ReadonlyMap<string, BodyParser> = new Map(
  [PROBE_EVENTS, BROADCAST_EVENTS, KERNEL_EVENTS].flatMap((events) => Object.entries(events)),
);

/** Body of an event's text; FieldError when it is malformed, null when it is not an event at all. */
function parseBody(text: string): EventBody | null {
  const named = NAMED.exec(text);
  if (named !== null) {
    const name = named[1] ?? '';
    const rest = named[2] ?? '';
    const parser = PARSERS.get(name);
    return parser === undefined ? { kind: 'other', name, text: rest } : parser(rest);
  }
  const syscall = parseSyscall(text);
  if (syscall !== undefined) return syscall;
  const unnamed = UNNAMED.exec(text);
  return unnamed === null ? null : { kind: 'other', name: unnamed[1] ?? '', text };
}

/** Microseconds of a line's time, or the ticks of a clock that counts something else (`counter`, `uptime`, `x86-tsc`). */
function timeOf(whole: string, fraction: string | undefined): number {
  return fraction === undefined ? Number(whole) : Number(whole) * 1_000_000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}

/** The highest CPU of a mask that the event prints; -1 when it prints none. */
function highestInMask(body: EventBody): number {
  const mask = 'cpus' in body ? body.cpus : body.kind === 'switch_mm' ? body.ncpus : 0n;
  return mask === 0n ? -1 : mask.toString(2).length - 1;
}

/** What the header lines told. */
interface Header {
  entries: number | null;
  entriesLine: number;
  lost: number;
  cpus: number;
}

function readHeaderLine(header: Header, line: string, lineNumber: number): void {
  const match = ENTRIES.exec(line);
  if (match === null) return;
  header.entries = Number(match[1]);
  header.entriesLine = lineNumber;
  header.lost += Math.max(0, Number(match[2]) - header.entries);
  header.cpus = Math.min(Number(match[3]), MAX_CPU + 1);
}

/**
 * Parses the text of a recording. `file` names it in messages, `name` in what is made from it.
 * Throws TraceError for anything that is not a whole, ordered ftrace recording.
 */
export function parseTrace(text: string, file: string, name: string = file): Recording {
  const events: TraceEvent[] = [];
  const header: Header = { entries: null, entriesLine: 0, lost: 0, cpus: 0 };
  const comms = new Map<string, string>();
  const bad: (line: number, what: string) => never = (line, what) => {
    throw new TraceError(file, line, what);
  };
  let lineNumber = 0;
  let lastTime = 0;
  let lastStamp = '';
  let ticks: boolean | null = null;
  let highestCpu = -1;
  let highestNamed = -1;
  // A byte order mark, as some editors write one.
  for (let at = text.charCodeAt(0) === 0xfeff ? 1 : 0; at < text.length; ) {
    const newline = text.indexOf('\n', at);
    const end = newline === -1 ? text.length : newline;
    lineNumber++;
    if (end - at > MAX_LINE)
      bad(lineNumber, `a line of ${end - at} characters beginning ${quote(text.slice(at, at + 100))}; ${EXPECTED_LINE}`);
    const line = text.slice(at, end > at && text.charCodeAt(end - 1) === 13 ? end - 1 : end);
    at = end + 1;
    if (line.startsWith('#')) {
      readHeaderLine(header, line, lineNumber);
      continue;
    }
    if (line === '' || line.startsWith(' => ')) continue; // A blank line, or a frame of a stack trace that belongs to the event above.
    const head = HEAD.exec(line);
    if (head === null) {
      const lost = LOST.exec(line);
      if (lost === null) bad(lineNumber, `${quote(line)}; ${EXPECTED_LINE}`);
      header.lost += Number(lost[1] ?? 1);
      continue;
    }
    // A line without its end is whole only if the header counts it as the last: an editor or a shell has dropped the newline.
    if (newline === -1 && header.entries !== events.length + 1)
      bad(lineNumber, `the last line has no end, ${quote(line)}; expected a whole line (the file is cut)`);
    const cpu = Number(head[3]);
    const time = timeOf(head[5] ?? '', head[6]);
    const stamp = head[6] === undefined ? (head[5] ?? '') : `${head[5]}.${head[6]}`;
    ticks ??= head[6] === undefined;
    if (ticks !== (head[6] === undefined)) bad(lineNumber, `time ${stamp} after ${lastStamp}; expected times of one clock (files joined?)`);
    if (cpu > MAX_CPU) bad(lineNumber, `CPU ${cpu}; expected a CPU number up to ${MAX_CPU}`);
    if (time < lastTime) {
      bad(lineNumber, `time ${stamp} after ${lastStamp}; expected times that never run backward (lines moved or files joined?)`);
    }
    lastTime = time;
    lastStamp = stamp;
    highestCpu = Math.max(highestCpu, cpu);
    if (events.length >= MAX_EVENTS) bad(lineNumber, `more than ${MAX_EVENTS} events; expected at most that many (cut the recording)`);
    let body: EventBody | null = null;
    try {
      body = parseBody(head[7] ?? '');
    } catch (error) {
      if (!(error instanceof FieldError)) throw error;
      bad(lineNumber, error.message);
    }
    if (body === null) return bad(lineNumber, `${quote(head[7] ?? '')} after the time; expected "event: fields"`);
    highestNamed = Math.max(highestNamed, highestInMask(body));
    let comm = comms.get(head[1] ?? '');
    if (comm === undefined) {
      // One string per task: slices would keep every line alive.
      comm = head[1] ?? '';
      comms.set(comm, comm);
    }
    events.push({ line: lineNumber, time, cpu, comm, pid: Number(head[2]), flags: head[4] ?? '', ...body });
  }
  if (lineNumber === 0) bad(1, `nothing, the file is empty; expected an ftrace recording`);
  if (events.length === 0) bad(lineNumber, `the end of the file and no event before it; ${EXPECTED_LINE}`);
  if (header.entries !== null && events.length < header.entries) {
    bad(
      lineNumber + 1,
      `the end of the file after ${events.length} events; expected ${header.entries}, as line ${header.entriesLine} says (the file is cut; if on purpose, delete that line)`,
    );
  }
  // A CPU that wrote no line may be in masks; where the header counts the CPUs, a mask beyond them is wrong.
  const cpus = Math.max(header.cpus === 0 ? highestNamed + 1 : header.cpus, highestCpu + 1);
  return { file, name, events, lines: lineNumber, cpus, lostEvents: header.lost, ticks: ticks ?? false };
}
