/**
 * A recording line by line: keeps what must hold from line to line (one clock that never runs backward, one
 * tracer) and what the header said, never the events. So a recording of any length can be read.
 */
import { BROADCAST_EVENTS } from './broadcast-events.js';
import type { EventBody, TraceEvent } from './events.js';
import { type KernelMarks, MarkCollector } from './facts.js';
import { FieldError } from './fields.js';
import { type Head, Heads } from './heads.js';
import { KERNEL_EVENTS, parseSyscall, SYSCALL_EVENTS } from './kernel-events.js';
import { ownText } from './own-text.js';
import { type BodyParser, PROBE_EVENTS } from './probe-events.js';
import { quote, TraceError } from './trace-error.js';

/** ftrace itself never writes a longer line (its line buffer is 8 KiB). */
export const MAX_LINE = 16_384;
const MAX_CPU = 4095;

const NAMED = /^([A-Za-z_][\w.-]{0,63}): ?(.*)$/u;
/**
 * Events without a colon: the function tracer's `function <-caller`, system calls that have no parser here.
 */
const UNNAMED = /^([A-Za-z_][\w.]{0,127})(?: <-|\(| -> )/u;
const ENTRIES = /^# entries-in-buffer\/entries-written: (\d{1,12})\/(\d{1,12})\s+#P:(\d{1,5})\s*$/u;
const LOST = /^CPU:\d{1,4} \[(?:LOST )?(?:(\d{1,12}) )?EVENTS(?: DROPPED)?\]$/u;
/** What trace-cmd writes before the first event, and perf below one: the frames of a call chain. */
const PREAMBLE = /^(?:cpus=\d{1,5}|version = \d{1,4}|CPU \d{1,4} is empty|trace-cmd version \S{1,40})$/u;
const FRAME = /^[ \t]{1,40}(?:=> |[0-9a-f]{1,16} )/u;

/** Flags of a line in a hard interrupt, of which nothing else is known. */
const IN_HANDLER = 'd.h..';

export const EXPECTED_LINE =
  'expected an ftrace line "comm-pid [cpu] flags seconds.microseconds: event: fields"';

const PARSERS: ReadonlyMap<string, BodyParser> = new Map(
  [PROBE_EVENTS, BROADCAST_EVENTS, KERNEL_EVENTS, SYSCALL_EVENTS].flatMap((events) => Object.entries(events)),
);

/** Body of an event's text; FieldError when it is malformed, null when it is not an event at all. */
function parseBody(text: string): EventBody | null {
  const named = NAMED.exec(text);
  if (named !== null) {
    const name = named[1] ?? '';
    const parser = PARSERS.get(name);
    // trace-cmd and perf pad the names.
    const rest = named[2] ?? '';
    return parser === undefined
      ? { kind: 'other', name, text: rest }
      : parser(rest.charCodeAt(0) === 32 ? rest.trimStart() : rest);
  }
  const syscall = parseSyscall(text);
  if (syscall !== undefined) return syscall;
  const unnamed = UNNAMED.exec(text);
  return unnamed === null ? null : { kind: 'other', name: unnamed[1] ?? '', text };
}

/**
 * Microseconds of a line's time, or the ticks of a clock that counts something else (`counter`, `uptime`,
 * `x86-tsc`).
 */
function timeOf(whole: string, fraction: string | undefined): number {
  return fraction === undefined
    ? Number(whole)
    : Number(whole) * 1_000_000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}

/** The highest CPU of a mask that the event prints; -1 when it prints none. */
function highestInMask(body: EventBody): number {
  const mask = 'cpus' in body ? body.cpus : body.kind === 'switch_mm' ? body.ncpus : 0n;
  return mask === 0n ? -1 : mask.toString(2).length - 1;
}

/** What all lines of a file told together. */
export interface FileFacts extends KernelMarks {
  readonly lines: number;
  readonly events: number;
  readonly cpus: number;
  readonly lostEvents: number;
  readonly ticks: boolean;
}

export class LineParser {
  private readonly heads = new Heads();
  private readonly marks = new MarkCollector();
  private readonly comms = new Map<string, string>();
  /** What the header lines told. */
  private readonly header: { entries: number | null; line: number; lost: number; cpus: number } = {
    entries: null,
    line: 0,
    lost: 0,
    cpus: 0,
  };
  /** By CPU: whether it is in an interrupt handler, where the lines have no flags that say so. */
  private readonly handling: boolean[] = [];
  private lineNumber = 0;
  private events = 0;
  private last = { time: 0, stamp: '' };
  private ticks: boolean | null = null;
  private highestCpu = -1;
  private highestNamed = -1;

  /** `file` names the recording in messages. */
  constructor(private readonly file: string) {}

  private bad(what: string, expected: string, line = this.lineNumber): never {
    throw new TraceError(this.file, line, what, expected);
  }

  /**
   * The event of the next line (without its end); null when it has none. `ended`: whether the line has an end
   * in the file. Throws TraceError for anything that is not part of a whole, ordered recording.
   */
  push(line: string, ended: boolean): TraceEvent | null {
    this.lineNumber++;
    if (line.length > MAX_LINE)
      this.bad(
        `a line of more than ${MAX_LINE} characters beginning ${quote(line.slice(0, 100))}`,
        EXPECTED_LINE,
      );
    if (line.startsWith('#')) {
      this.readHeaderLine(line);
      return null;
    }
    // A blank line, or a frame of a stack trace that belongs to the event above.
    if (line === '' || line.startsWith(' => ')) return null;
    const head = this.heads.read(line);
    if (head === null) {
      this.readOther(line);
      return null;
    }
    // A line without its end is whole only if the header counts it as the last: an editor or a shell has
    // dropped the newline.
    if (!ended && this.header.entries !== this.events + 1)
      this.bad(`the last line has no end, ${quote(line)}`, `expected a whole line (the file is cut)`);
    return this.event(head);
  }

  private event(head: Head): TraceEvent {
    const time = this.checkedTime(head);
    if (head.cpu > MAX_CPU) this.bad(`CPU ${head.cpu}`, `expected a CPU number up to ${MAX_CPU}`);
    this.highestCpu = Math.max(this.highestCpu, head.cpu);
    let body: EventBody | null = null;
    try {
      body = parseBody(head.text);
    } catch (error) {
      if (!(error instanceof FieldError)) throw error;
      this.bad(error.message, error.expected);
    }
    if (body === null) return this.bad(`${quote(head.text)} after the time`, `expected "event: fields"`);
    this.marks.take(head.text);
    this.highestNamed = Math.max(this.highestNamed, highestInMask(body));
    this.events++;
    const flags = head.flags === '' ? this.contextFlags(head.cpu, body) : head.flags;
    return {
      line: this.lineNumber,
      time,
      cpu: head.cpu,
      comm: this.comm(head.comm),
      pid: head.pid,
      flags,
      ...body,
    };
  }

  /**
   * Flags of a line that has none (perf script): whether an interrupt handler wrote it, as the vectors' own
   * lines tell.
   */
  private contextFlags(cpu: number, body: EventBody): string {
    const vector = body.kind === 'irq_vector' ? body.phase : null;
    const inside = vector !== null || this.handling[cpu] === true;
    if (vector !== null) this.handling[cpu] = vector === 'entry';
    return inside ? IN_HANDLER : '';
  }

  /** One string per task: slices would keep every line alive. */
  private comm(name: string): string {
    const known = this.comms.get(name);
    if (known !== undefined) return known;
    // Names come from the file: no more of them are kept than a machine has tasks.
    if (this.comms.size >= 65_536) this.comms.clear();
    const own = ownText(name);
    this.comms.set(own, own);
    return own;
  }

  private checkedTime(head: Head): number {
    const time = timeOf(head.whole, head.fraction);
    const stamp = head.fraction === undefined ? head.whole : `${head.whole}.${head.fraction}`;
    this.ticks ??= head.fraction === undefined;
    if (this.ticks !== (head.fraction === undefined))
      this.bad(`time ${stamp} after ${this.last.stamp}`, `expected times of one clock (files joined?)`);
    if (time < this.last.time) {
      this.bad(
        `time ${stamp} after ${this.last.stamp}`,
        `expected times that never run backward (lines moved or ` + 'files joined?)',
      );
    }
    this.last.time = time;
    this.last.stamp = stamp;
    return time;
  }

  private readHeaderLine(line: string): void {
    const match = ENTRIES.exec(line);
    if (match === null) return;
    const { header } = this;
    header.entries = Number(match[1]);
    header.line = this.lineNumber;
    header.lost += Math.max(0, Number(match[2]) - header.entries);
    header.cpus = Math.min(Number(match[3]), MAX_CPU + 1);
  }

  private readOther(line: string): void {
    const lost = LOST.exec(line);
    if (lost !== null) this.header.lost += Number(lost[1] ?? 1);
    else if (!PREAMBLE.test(line) && !(this.events > 0 && FRAME.test(line)))
      this.bad(`${quote(line)}`, EXPECTED_LINE);
  }

  /** What the lines so far told. */
  facts(): FileFacts {
    const { header } = this;
    return {
      ...this.marks.marks(),
      lines: this.lineNumber,
      events: this.events,
      // A CPU that wrote no line may be in masks; where the header counts the CPUs, a mask beyond them is
      // wrong.
      cpus: Math.max(header.cpus === 0 ? this.highestNamed + 1 : header.cpus, this.highestCpu + 1),
      lostEvents: header.lost,
      ticks: this.ticks ?? false,
    };
  }

  /** The file is over. Throws TraceError when it is not a whole recording. */
  finish(): FileFacts {
    const { header, events } = this;
    if (this.lineNumber === 0) this.bad('nothing, the file is empty', 'expected an ftrace recording', 1);
    if (events === 0) this.bad(`the end of the file and no event before it`, EXPECTED_LINE);
    if (header.entries !== null && events < header.entries) {
      this.bad(
        `the end of the file after ${events} events`,
        `expected ${header.entries}, as line ${header.line} ` +
          'says (the file is cut; if on purpose, delete that line)',
        this.lineNumber + 1,
      );
    }
    return this.facts();
  }
}
