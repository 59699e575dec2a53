/**
 * The hypervisor's log beside a PV recording (`NAME.hv`, `NAME.hv.gz`): when each vCPU was put and loaded.
 *
 *     time_s tsc vcpu put halt|slice|yield
 *     time_s tsc vcpu load preempted=N wait_ns=W
 */
import { existsSync } from 'node:fs';
import { readBytes, textOf } from './read-file.js';
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

/** Where the log of a recording would be. */
export function hypervisorLogPaths(recording: string): string[] {
  const base = recording.replace(/\.gz$/, '').replace(/\.trace$/, '');
  return [`${base}.hv.gz`, `${base}.hv`];
}

/** Parses the log's text; `file` names it in messages. Throws TraceError for anything but an ordered log. */
export function parseHypervisorLog(text: string, file: string, cpus: number): HypervisorEvent[] {
  const events: HypervisorEvent[] = [];
  let last = 0;
  text.split('\n').forEach((line, index) => {
    if (line === '' || line.startsWith('#')) return;
    const match = LINE.exec(line);
    if (match === null)
      throw new TraceError(
        file,
        index + 1,
        `${quote(line)}`,
        `expected "seconds tsc vcpu put REASON" or "... load preempted=N wait_ns=N"`,
      );
    const time = Number(match[1]) * 1_000_000 + Number(match[2]);
    const vcpu = Number(match[3]);
    if (time < last)
      throw new TraceError(file, index + 1, 'time runs backward', 'expected the log in its own order');
    if (vcpu >= cpus)
      throw new TraceError(file, index + 1, `vCPU ${vcpu}`, `expected one of the recording's ${cpus}`);
    last = time;
    events.push({ time, vcpu, put: match[4] === undefined });
  });
  return events;
}

/** The log beside a recording; null when there is none. */
export function readHypervisorLog(recording: string, cpus: number): HypervisorEvent[] | null {
  const path = hypervisorLogPaths(recording).find((candidate) => existsSync(candidate));
  return path === undefined
    ? null
    : parseHypervisorLog(textOf(readBytes(path, undefined, 'a hypervisor log'), path), path, cpus);
}
