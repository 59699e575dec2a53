/**
 * The hypervisor's log beside a PV recording (`NAME.hv`, `NAME.hv.gz`): when each vCPU was put and loaded.
 *
 *     time_s tsc vcpu put halt|slice|yield
 *     time_s tsc vcpu load preempted=N wait_ns=W
 */
import { existsSync } from 'node:fs';
import { readBytes, textOf } from '../trace/read-file.js';
import { quote, TraceError } from '../trace/trace-error.js';

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
        `${quote(line)}; expected "seconds tsc vcpu put REASON" or "... load preempted=N wait_ns=N"`,
      );
    const time = Number(match[1]) * 1_000_000 + Number(match[2]);
    const vcpu = Number(match[3]);
    if (time < last)
      throw new TraceError(file, index + 1, 'time runs backward; expected the log in its own order');
    if (vcpu >= cpus)
      throw new TraceError(file, index + 1, `vCPU ${vcpu}; expected one of the recording's ${cpus}`);
    last = time;
    events.push({ time, vcpu, put: match[4] === undefined });
  });
  return events;
}

/**
 * How long before its line in the log the guest sees a vCPU out, or in again, in microseconds: the recorder's
 * emulator polls every 50 us (and log and recording fit to about 2 us). Taking the byte to change at the line
 * leaves one PV flush in forty unexplained, this one in two hundred.
 */
export const LOG_LAG = 48;
/**
 * How long before its line the byte can have changed at the earliest, in microseconds (69 us were seen on a
 * busy host).
 */
export const LOG_SLACK = 80;

/** An entry of the log, when the guest saw it. */
export interface GuestSight extends HypervisorEvent {
  /** The time in the log. */
  readonly logged: number;
}

/**
 * The log as the guest saw it: in the order in which the bytes changed. A vCPU that wrote a line of the
 * recording was in, so a put comes after the vCPU's last line before it.
 */
export function asSeenByGuest(
  log: readonly HypervisorEvent[],
  lines: readonly { readonly cpu: number; readonly time: number }[],
): GuestSight[] {
  const times = new Map<number, number[]>();
  for (const { cpu, time } of lines) {
    const of = times.get(cpu);
    if (of === undefined) times.set(cpu, [time]);
    else of.push(time);
  }
  const at = new Map<number, number>();
  const previous = new Map<number, number>();
  const seen = log.map((event, index) => {
    const own = times.get(event.vcpu) ?? [];
    let next = at.get(event.vcpu) ?? 0;
    while (next < own.length && own[next] <= event.time) next++;
    at.set(event.vcpu, next);
    const lastLine = next === 0 ? 0 : own[next - 1];
    const earliest = Math.max(previous.get(event.vcpu) ?? 0, event.put ? lastLine : 0);
    const time = Math.max(event.time - LOG_LAG, Math.min(earliest, event.time));
    previous.set(event.vcpu, time);
    return { ...event, time, logged: event.time, index };
  });
  return seen.sort((a, b) => a.time - b.time || a.index - b.index);
}

/** The log beside a recording; null when there is none. */
export function readHypervisorLog(recording: string, cpus: number): HypervisorEvent[] | null {
  const path = hypervisorLogPaths(recording).find((candidate) => existsSync(candidate));
  return path === undefined
    ? null
    : parseHypervisorLog(textOf(readBytes(path, undefined, 'a hypervisor log'), path), path, cpus);
}
