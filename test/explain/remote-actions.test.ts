import { describe, expect, it } from 'vitest';
import { hunt } from '../../src/api/hunt.js';
import { everyScenario } from '../../src/scenarios/catalogue/index.js';

/** What is told of flushes by remote action request. */

async function explained(variant: string, scenario: string) {
  const scenarios = everyScenario.filter(({ name }) => name === scenario);
  const { replay } = await hunt({ variant, scenarios, executions: 400 });
  if (replay === null) throw new Error(`${variant}: nothing found`);
  const { trace, sentence, cause } = replay;
  const marked = trace.filter(({ deciding }) => deciding !== null).map(({ text }) => text);
  return { sentence, cause, marked };
}

describe('a remote action request that dropped too little', () => {
  it.each<readonly [string, RegExp, string]>([
    ['rar~rarCountsAllPages', /payload \d named no page, not page \d/, 'other pages were flushed'],
    [
      'b22f',
      /CPU(\d)'s microcode answered its own CPU's request and dropped nothing/,
      'the target answered before it had carried out the request',
    ],
  ])('says what %s did', async (variant, words, cause) => {
    const told = await explained(variant, 'rar-initiators');
    expect(told.sentence).toMatch(words);
    expect(told.cause).toBe(cause);
    expect(told.marked).toContainEqual(expect.stringMatching(/^microcode carries out payload \d/));
  });
});
