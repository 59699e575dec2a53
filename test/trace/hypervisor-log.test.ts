import { describe, expect, it } from 'vitest';
import { asSeenByGuest, LOG_LAG } from '../../src/check/hypervisor.js';
import { LOG_LINE_MAX, parseHypervisorLog } from '../../src/trace/hypervisor-log.js';
import { linesOf } from '../../src/trace/text-lines.js';

const LOG = `# time_s tsc vcpu event
8.434217 22756751105 0 load preempted=3 wait_ns=3514320
8.437374 22764946435 0 put slice
`;

const parsed = (text: string, file: string, cpus: number) =>
  parseHypervisorLog(linesOf([text], LOG_LINE_MAX), file, cpus);

describe('the hypervisor log', () => {
  it('may come from an editor of another system', () => {
    const text = `\ufeff${LOG.replaceAll('\n', '\r\n')}`;
    expect(parsed(text, 'x.hv', 2)).toEqual(parsed(LOG, 'x.hv', 2));
  });

  it('is refused by its first bytes where a line is longer than any', () => {
    const line = 'x'.repeat(1_000_000);
    expect(() => parsed(`${LOG}${line}`, 'x.hv', 2)).toThrow(/^x\.hv:4: "x{60}\.\.\."; expected /);
    expect(() => parsed(`${LOG}9.000000 1 0 put ${line}`, 'x.hv', 2)).toThrow(/^x\.hv:4: /);
  });

  it('is read', () => {
    expect(parsed(LOG, 'x.hv', 2)).toEqual([
      { time: 8_434_217, vcpu: 0, put: false },
      { time: 8_437_374, vcpu: 0, put: true },
    ]);
  });

  it.each([
    ['8.434217 22756751105 0 loaded', 'expected "seconds tsc vcpu put REASON"'],
    ['8.434217 22756751105 7 put halt', "vCPU 7; expected one of the recording's 2"],
    ['8.000000 1 0 put halt\n7.000000 1 0 put halt', 'time runs backward'],
  ])('refuses %s', (text, message) => {
    expect(() => parsed(text, 'x.hv', 2)).toThrow(message);
  });

  it('is refused where it has more lines than any recording', () => {
    const text = '1.000000 1 0 put halt\n'.repeat(1_000_001);
    expect(() => parsed(text, 'x.hv', 2)).toThrow('x.hv:1000001: more than 1000000 lines');
  });

  it("is taken as the guest saw it: earlier than logged, but a put not before the vCPU's last line", () => {
    const log = parsed(LOG, 'x.hv', 2);
    const seen = asSeenByGuest(log, [
      { cpu: 0, time: 8_437_360 },
      { cpu: 0, time: 8_440_000 },
    ]);
    expect(seen.map(({ time, put }) => [time, put])).toEqual([
      [8_434_217 - LOG_LAG, false],
      [8_437_360, true],
    ]);
  });
});
