/**
 * The hypervisor's log beside a PV recording (`NAME.hv`, `NAME.hv.gz`): when each vCPU was put and loaded.
 *
 *     time_s tsc vcpu put halt|slice|yield
 *     time_s tsc vcpu load preempted=N wait_ns=W
 */
import { existsSync } from 'node:fs';
import { plainBytes, readBytes } from './read-file.js';
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
/** Bytes of a line that are looked at: no line of a log has as many. */
const LINE_BYTES_MAX = 200;

const BYTE_ORDER_MARK = Buffer.from('\ufeff');

/** Where the log of a recording would be. */
export function hypervisorLogPaths(recording: string): string[] {
  const base = recording.replace(/\.gz$/, '').replace(/\.trace$/, '');
  return [`${base}.hv.gz`, `${base}.hv`];
}

/** Parses the log; `file` names it in messages. Throws TraceError for anything but an ordered log. */
export function parseHypervisorLog(log: Buffer, file: string, cpus: number): HypervisorEvent[] {
  const events: HypervisorEvent[] = [];
  let last = 0;
  let number = 0;
  for (const line of linesOf(log)) {
    number++;
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

/**
 * One at a time, each cut where it is longer than any line of a log: all of them at once, and the text that
 * they are cut from, would be a gigabyte.
 */
function* linesOf(log: Buffer): Generator<string> {
  for (let from = log.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0; from <= log.length; ) {
    const newline = log.indexOf(10, from);
    const end = newline === -1 ? log.length : newline;
    yield log.toString('utf8', from, Math.min(end, from + LINE_BYTES_MAX)).replace(/\r$/, '');
    from = end + 1;
  }
}

/** The log beside a recording; null when there is none. */
export function readHypervisorLog(recording: string, cpus: number): HypervisorEvent[] | null {
  const path = hypervisorLogPaths(recording).find((candidate) => existsSync(candidate));
  return path === undefined
    ? null
    : parseHypervisorLog(plainBytes(readBytes(path, undefined, 'a hypervisor log'), path), path, cpus);
}
