/**
 * The hypervisor's log beside a PV recording (`NAME.hv`, `NAME.hv.gz`): when each vCPU was put and loaded.
 *
 *     time_s tsc vcpu put halt|slice|yield
 *     time_s tsc vcpu load preempted=N wait_ns=W
 */
import { isThere } from '../vocabulary/is-there.js';
import { fileLines } from './read-file.js';
import type { Line } from './text-lines.js';
import { quote, TraceError } from './trace-error.js';

export interface HypervisorEvent {
  /** Microseconds on the recording's clock. */
  readonly time: number;
  readonly vcpu: number;
  /** Put: the vCPU stopped running. Else it runs again. */
  readonly put: boolean;
}

const LINE =
  /^(\d{1,10})\.(\d{6}) \d{1,20} (\d{1,4}) (?:put [a-z]{1,16}|(load) preempted=\d{1,3} wait_ns=\d{1,16})$/;

/** Lines of a log that are taken; those of recordings have some thousand. */
const EVENTS_MAX = 1_000_000;
/** Characters of a line that are looked at: no line of a log has as many. */
export const LOG_LINE_MAX = 200;

/** Where the log of a recording would be. */
export function hypervisorLogPaths(recording: string): string[] {
  const base = recording.replace(/\.gz$/, '').replace(/\.trace$/, '');
  return [`${base}.hv.gz`, `${base}.hv`];
}

/** Parses the log; `file` names it in messages. Throws TraceError for anything but an ordered log. */
export function parseHypervisorLog(lines: Iterable<Line>, file: string, cpus: number): HypervisorEvent[] {
  const events: HypervisorEvent[] = [];
  let last = 0;
  let ends = 0;
  for (const [line, ended] of lines) {
    const number = ended ? ++ends : ends + 1;
    if (line === '' || line.startsWith('#')) continue;
    const match = LINE.exec(line);
    if (match === null)
      throw new TraceError(
        file,
        number,
        `${quote(line)}`,
        `expected "seconds tsc vcpu put REASON" or "... load preempted=N wait_ns=N"`,
      );
    const time = Number(match[1]) * 1_000_000 + Number(match[2]);
    const vcpu = Number(match[3]);
    if (time < last)
      throw new TraceError(file, number, 'time runs backward', 'expected the log in its own order');
    if (vcpu >= cpus)
      throw new TraceError(file, number, `vCPU ${vcpu}`, `expected one of the recording's ${cpus}`);
    last = time;
    if (events.length === EVENTS_MAX)
      throw new TraceError(
        file,
        number,
        `more than ${EVENTS_MAX} lines`,
        'expected the log of one recording',
      );
    events.push({ time, vcpu, put: match[4] === undefined });
  }
  return events;
}

/** The log beside a recording; null when there is none. */
export function readHypervisorLog(recording: string, cpus: number): HypervisorEvent[] | null {
  const path = hypervisorLogPaths(recording).find((candidate) => isThere(candidate));
  return path === undefined
    ? null
    : parseHypervisorLog(fileLines(path, LOG_LINE_MAX, 'a hypervisor log'), path, cpus);
}
