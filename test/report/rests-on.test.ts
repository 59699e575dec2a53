import { describe, expect, it } from 'vitest';
import { allRestOn } from '../../src/report/rests-on.js';
import { sampleVerdict } from './verdicts.js';

/** What several verdicts have in common stands once. */

const titles = (verdicts: Parameters<typeof allRestOn>[0]): string[] =>
  allRestOn(verdicts).map(({ title }) => title);
const hardware = (verdicts: Parameters<typeof allRestOn>[0]): number =>
  allRestOn(verdicts)
    .flatMap(({ lines }) => lines)
    .filter((line) => line.startsWith('memory model')).length;

describe('what verdicts rest on', () => {
  const [one, other] = ['b1', 'b3'].map((variant) => ({ ...sampleVerdict(), variant }));

  it('is told of a single one in one piece', () => {
    expect(titles([one])).toEqual(['b1 rests on']);
    expect(allRestOn([one])[0].lines.map((line) => line.split(':')[0])).toContain('memory model');
  });

  it('is told once where it is the same', () => {
    expect(titles([one, other])).toEqual(['b1 rests on', 'b3 rests on', 'all of them rest on']);
    expect(hardware([one, other])).toBe(1);
    expect(allRestOn([one, other])[1].lines.join()).toMatch(/^executions: [^;]*; a sample, not a proof$/);
  });

  it('is told of each kind where there are several', () => {
    const program = { ...sampleVerdict(), variant: 'lock', program: true as const };
    expect(titles([one, other, program]).slice(3)).toEqual(['b1, b3 rest on', 'lock rests on']);
    expect(hardware([one, other, program])).toBe(2);
  });
});
