/**
 * `trace-cmd report` and `perf script` print the same events in other words: what is read must be the same.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { checkRecording, KIND_WITHOUT_BAR } from '../../src/check/index.js';
import { findProfile } from '../../src/kernel/profiles.js';
import { parseTrace } from '../../src/trace/parse.js';
import type { Recording } from '../../src/trace/recording.js';
import { CARRIED } from './recordings.js';

const LINES = gunzipSync(readFileSync(CARRIED))
  .toString('utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));
const HEAD = /^ *(.+?)-(\d+) +(\[\d+\]) (\S+) +(\d+\.\d+): (.*)$/;

const withPrefix = (args: string): string => args.replace(/: ([0-9a-f]+)/g, ': 0x$1');
const rewritten = (text: string): string =>
  text
    .replace(/^sys_(\w+)\((.*)\)$/, (_, name, args) => `sys_enter_${name}: ${withPrefix(args)}`)
    .replace(/^sys_(\w+) -> (0x\w+)$/, 'sys_exit_$1: $2')
    .replace(
      /prev_comm=(.+?) prev_pid=(\d+) prev_prio=(\d+) prev_state=(\S+) ==> next_comm=(.+?) next_pid=(\d+) next_prio=(\d+)/,
      '$1:$2 [$3] $4 ==> $5:$6 [$7]',
    )
    // Probes' places are addresses.
    .replace(/\((\w+\+0x\w+\/0x\w+)( <- \w+)?\)/, (_, __, from) =>
      from === undefined ? '(ffffffff810a1b20)' : '(ffffffff811f2caa <- ffffffff810a1b20)',
    )
    .replace(/cpumask=00000000,0000000e/, 'cpumask=1-3');

const parts = (line: string): string[] => HEAD.exec(line)?.slice(1) ?? [];
const traceCmd = (line: string): string => {
  const [comm = '', pid = '', cpu = '', flags = '', time = '', text = ''] = parts(line);
  const [name = '', ...rest] = rewritten(text).split(': ');
  return (
    `${`${comm}-${pid}`.padStart(24)} ${cpu} ${flags}  ${time}: ${`${name}:`.padEnd(21)} ` +
    `${rest.join(': ')}`
  );
};
const perf = (line: string): string => {
  const [comm = '', pid = '', cpu = '', , time = '', text = ''] = parts(line);
  const name = rewritten(text);
  const system =
    /^(\w+):/.exec(name)?.[1] === 'tlb_flush' ? 'tlb' : name.startsWith('sys_') ? 'syscalls' : 'tlbk';
  return (
    `${comm.padStart(16)} ${pid.padStart(5)} ${cpu} ${time.padStart(14)}: ` +
    `${`${system}`.padStart(20)}:${name}`
  );
};

const HEADS = {
  'trace-cmd report': [['version = 6', 'CPU 7 is empty', 'cpus=4'], traceCmd],
  'perf script': [['# ========', '# captured on    : Fri'], perf],
} as const;

/** What must be the same: all but flags, callers (which are addresses) and line numbers. */
const essence = ({ events }: Recording) =>
  events.map(({ line: _, flags: __, ...event }) =>
    'caller' in event
      ? { ...event, caller: '' }
      : 'args' in event
        ? { ...event, args: { ...event.args } }
        : event,
  );

describe.each(Object.entries(HEADS))('%s', (_, [head, convert]) => {
  const plain = LINES.slice(0, 6000);
  const text = [...head, ...plain.map(convert)].join('\n');
  const original = parseTrace(`${plain.join('\n')}\n`, 'f');
  const converted = parseTrace(`${text}\n`, 'f');

  it('has the same events', () => {
    expect(essence(converted)).toEqual(essence(original));
  });

  it('is checked with the same answer', () => {
    const version = findProfile('6.12.117');
    if (version === undefined) throw new Error('no profile');
    const [report, expected] = [
      checkRecording(converted, version, null),
      checkRecording(original, version, null),
    ];
    const barred = ({ disagreements }: typeof report) =>
      disagreements.filter(({ kind }) => kind !== KIND_WITHOUT_BAR).length;
    expect(report.agreed).toBeGreaterThan(0.99 * expected.agreed);
    expect(barred(report)).toBe(barred(expected));
  });
});

describe('odd lines of other tracers', () => {
  it.each([
    ['dropped events', 'CPU:1 [6 EVENTS DROPPED]', 6],
    ['dropped events without a number', 'CPU:1 [EVENTS DROPPED]', 1],
    ['a call chain', '\tffffffff8108a3f0 flush_tlb_mm_range+0x0 ([kernel.kallsyms])', 0],
  ])('%s', (_, line, lost) => {
    const event = 'unmap   468 [002]    14.804733: tlb:tlb_flush: pages:4 reason:remote ipi send (4)';
    const recording = parseTrace(`${event}\n${line}\n\n${event}\n`, 'f');
    expect(recording.events).toHaveLength(2);
    expect(recording.lostEvents).toBe(lost);
  });

  it('perf may print pid and tid, and a count', () => {
    const [event] = parseTrace(
      '  a b/c 12/ 13 [001] 1.5:          1 tlb:tlb_flush: pages:4 reason:x (4)\n',
      'f',
    ).events;
    expect(event).toMatchObject({ comm: 'a b/c', pid: 13, cpu: 1, time: 1_500_000, kind: 'tlb_flush' });
  });
});
