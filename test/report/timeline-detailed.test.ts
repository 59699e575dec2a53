import { describe, expect, it } from 'vitest';
import { textWidth } from '../../src/report/text-columns.js';
import { renderTimeline } from '../../src/report/timeline.js';
import { state } from './states.js';
import { Steps } from './steps.js';

/** Detailed drawings: the host's column, drains, and what waits in store buffers. */

const draw = (steps: Steps, cpus = 2, width = 100) =>
  renderTimeline(steps.all, { cpus, width, detailed: true });

function hostSteps(): Steps {
  return new Steps()
    .add(0, 'x = 1 (buffered)', { isBuffered: true, states: [state(0, { buffer: ['x=1'] })] })
    .add(1, 'the host takes the vCPU off its processor and marks it PREEMPTED', {
      agent: 'host',
      hostAct: 'takes the vCPU off its processor and marks it PREEMPTED',
      drained: ['y=2', 'z=3'],
    })
    .add(0, 'x = 1 reaches memory', { agent: 'buffer', states: [state(0)] });
}

describe('a detailed timeline', () => {
  it('gives the host a column, and the stores that it drains to their CPU', () => {
    expect(draw(hostSteps())).toMatchInlineSnapshot(`
      "  step │ CPU0                         │ CPU1                         │ host
           0 │ x = 1 (buffered)             │                              │
           1 │                              │ ~ y=2, z=3                   │
             │                              │                              │ CPU1: takes the vCPU off its
             │                              │                              │ processor and marks it
             │                              │                              │ PREEMPTED
           2 │ ~ x = 1 reaches memory       │                              │
        ~ a store leaves the store buffer; sb: stores that wait in the store buffer"
    `);
  });

  it('has no column for a host that does not move', () => {
    const steps = new Steps().add(0, 'a').add(1, 'b');
    expect(draw(steps)).not.toContain('host');
  });

  it('draws a host among the columns of its CPUs only where there is one', () => {
    const steps = new Steps();
    for (let i = 0; i < 12; i++) steps.add(i % 6, `step ${i}`, { deciding: i % 6 > 3 ? 'it does' : null });
    steps.add(2, 'the host finds nothing to preempt', { agent: 'host', hostAct: 'finds nothing to preempt' });
    const [header, ...lines] = draw(steps, 6).split('\n');
    // Four columns fit: the host's, the two CPUs that decide, and one more.
    expect(header).toMatch(/CPU0 +│ CPU4 +│ CPU5 +│ host$/);
    expect(lines.find((line) => line.includes('nothing to preempt') || line.includes('finds'))).toContain(
      'CPU2: finds',
    );
    expect(lines.join('\n')).toContain('without a column: CPU1 (2 steps), CPU2 (3 steps), CPU3 (2 steps)');
  });

  it('has more columns on a wider screen', () => {
    const steps = new Steps();
    for (let i = 0; i < 12; i++) steps.add(i % 6, `step ${i}`);
    expect(draw(steps, 6, 160).split('\n')[0].match(/CPU/g)).toHaveLength(6);
    expect(draw(steps, 6, 100).split('\n')[0].match(/CPU/g)).toHaveLength(4);
  });

  it('tells what an operation drains before what it does', () => {
    const steps = new Steps().add(0, 'full barrier', { drained: ['a=1', 'b=2'] });
    const lines = draw(steps).split('\n');
    expect(lines[1]).toMatch(/^ +0 │ ~ a=1, b=2/);
    expect(lines[2]).toMatch(/^ +│ full barrier/);
  });

  it('tells what waits where the turn goes to another CPU, once', () => {
    const waiting = [state(0, { buffer: ['x=1', 'y=2'] })];
    const steps = new Steps()
      .add(0, 'x = 1 (buffered)', { isBuffered: true, states: [state(0, { buffer: ['x=1'] })] })
      .add(0, 'y = 2 (buffered)', { isBuffered: true, states: waiting })
      .add(1, 'x is 0')
      .add(0, 'z is 0')
      .add(1, 'y is 0');
    expect(draw(steps).match(/sb: x=1, y=2/g)).toHaveLength(1);
    expect(draw(steps).split('\n')[3]).toMatch(/^ +│ sb: x=1, y=2/);
  });

  it('does not repeat a store that was told the moment before', () => {
    const steps = new Steps()
      .add(0, 'x = 1 (buffered)', { isBuffered: true, states: [state(0, { buffer: ['x=1'] })] })
      .add(1, 'x is 0');
    expect(draw(steps).split('\n').slice(1, 3).join()).not.toContain('sb:');
  });

  it('tells all store buffers at a step that decides', () => {
    const steps = new Steps()
      .add(0, 'x = 1 (buffered)', { isBuffered: true, states: [state(0, { buffer: ['x=1'] })] })
      .add(1, 'x is 0', { deciding: 'too early' })
      .add(0, 'x = 1 reaches memory', { agent: 'buffer', states: [state(0)] })
      .add(1, 'x is 1', { deciding: 'too late' });
    const lines = draw(steps).split('\n');
    expect(lines[lines.findIndex((line) => line.includes('too early')) + 1]).toMatch(
      /^ +waiting in store buffers: CPU0: x=1$/,
    );
    expect(lines.filter((line) => line.includes('waiting'))).toHaveLength(1);
  });

  it.each([40, 60, 80, 100, 160])('keeps to %i columns', (width) => {
    const long = Array.from({ length: 8 }, (_, i) => `flush_info.field_number_${i}=${i}`);
    const steps = hostSteps().add(0, 'full barrier', {
      drained: long,
      states: [state(0, { buffer: long })],
      deciding: 'because '.repeat(30),
    });
    for (const line of draw(steps, 4, width).split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(width);
  });

  it('lets no control character through', () => {
    const evil = '\u001b[2J';
    const steps = new Steps()
      .add(0, 'a', { drained: [evil], states: [state(0, { buffer: [evil, evil] })], deciding: 'why' })
      .add(1, 'b');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not occur
    expect(draw(steps)).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    expect(draw(steps).match(/\\x1b\[2J/g)?.length).toBeGreaterThanOrEqual(5);
  });
});
