import { describe, expect, it } from 'vitest';
import { plain } from '../../../src/report/colors.js';
import { textWidth } from '../../../src/report/text-columns.js';
import type { ViewState } from '../../../src/report/viewer/view-state.js';
import { Viewer } from '../../../src/report/viewer/viewer.js';
import { raceSteps } from '../steps.js';

/** Looking for a text in the viewer, and its keys in words. */

const steps = raceSteps();
const viewer = new Viewer({ title: 'a race', cpus: 4, steps, start: [], colors: plain });
const size = { rows: 24, columns: 100 };
const press = (keys: string, from: ViewState = { at: 0, size, ended: false }): ViewState =>
  [...keys].reduce((state, key) => viewer.key(state, key), from);
const matching = (text: string): number[] =>
  steps.flatMap((step, index) => (step.text.toLowerCase().includes(text) ? [index] : []));

describe('looking for a text', () => {
  it('goes to the next step that has it, to the others and round the end', () => {
    const found = matching('tlb_gen');
    expect(found.length).toBeGreaterThan(1);
    const first = press('/TLB_gen\r');
    expect(steps[first.at].text).toContain('tlb_gen');
    const seen = [first.at];
    for (let state = press('N', first); state.at !== first.at; state = press('N', state)) seen.push(state.at);
    expect(seen).toEqual(expect.arrayContaining(found.filter((index) => index !== 0)));
    expect(press('NP', first).at).toBe(first.at);
  });

  it('takes letters that are moves elsewhere, and can be erased and left', () => {
    expect(press('/jq').typed).toBe('jq');
    expect(press('/jq\u007f').typed).toBe('j');
    const left = press('/jq\u001b');
    expect(left.typed).toBeUndefined();
    expect(left.at).toBe(0);
    expect(press('/q\u0003').ended).toBe(false);
  });

  it('says so where no step has it, and stays', () => {
    const state = press('jj/no such text\r');
    expect(state.at).toBe(2);
    expect(viewer.lines(state).at(-1)).toContain('"no such text" is in no step');
  });
});

describe('the keys in words', () => {
  it.each([40, 100])('fill a screen of %i columns, and go away by any of them', (columns) => {
    const state = press('?', { at: 3, size: { rows: 20, columns }, ended: false });
    const lines = viewer.lines(state);
    expect(lines).toHaveLength(20);
    expect(lines.join('\n')).toMatch(/\/ +look for a text/);
    expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(columns);
    expect(press('q', state)).toMatchObject({ at: 3, ended: false });
    expect(press('q', state).helps).toBeUndefined();
    expect(press('j', state)).toMatchObject({ at: 4 });
  });
});
