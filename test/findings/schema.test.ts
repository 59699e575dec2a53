import { describe, expect, it } from 'vitest';
import { parseFinding } from '../../src/findings/schema.js';
import { InputError } from '../../src/vocabulary/errors.js';
import { sampleFinding, sampleScenario } from './sample.js';

/** The one-line error for a finding with some change to its JSON. */
function refusal(change: (json: Record<string, unknown>) => unknown): string {
  const json = JSON.parse(JSON.stringify(sampleFinding()));
  return refusalOfText(JSON.stringify(change(json) ?? json));
}

function refusalOfText(text: string): string {
  try {
    parseFinding(text, 'f.json');
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    const { message } = error as Error;
    expect(message).not.toContain('\n');
    return message;
  }
  throw new Error('the text was accepted');
}

describe('the finding schema', () => {
  it('accepts a finding and gives back what was written', () => {
    expect(parseFinding(JSON.stringify(sampleFinding()), 'f.json')).toEqual(sampleFinding());
  });

  it('accepts a finding without the optional parts of a scenario', () => {
    const { start: _, ...scenario } = sampleScenario();
    expect(parseFinding(JSON.stringify(sampleFinding({ scenario })), 'f.json')).toEqual(
      sampleFinding({ scenario }),
    );
  });

  // biome-ignore lint/suspicious/noExplicitAny: each change breaks the JSON's shape in its own way
  it.each<[string, (json: Record<string, any>) => unknown, string]>([
    ['another format', (json) => ({ ...json, format: 'x' }), 'f.json: not a shootdown finding'],
    ['an array', () => [], 'f.json: not a shootdown finding'],
    ['null', () => 'null', 'f.json: not a shootdown finding'],
    [
      'a later version',
      (json) => ({ ...json, version: 2 }),
      'f.json: version: this shootdown reads version 1, not 2',
    ],
    ['a missing field', ({ seed: _, ...json }) => json, 'f.json: seed: is missing;'],
    ['a field too many', (json) => ({ ...json, extra: 1 }), 'f.json: the file: has no field "extra";'],
    [
      'a wrong type',
      (json) => ({ ...json, seed: 'one' }),
      'f.json: seed: expected a whole number, got "one";',
    ],
    ['a fraction', (json) => ({ ...json, seed: 1.5 }), 'f.json: seed: expected a whole number, got 1.5;'],
    ['a negative number', (json) => ({ ...json, steps: -1 }), 'f.json: steps: expected at least 0, got -1;'],
    [
      'a bad enum',
      (json) => ({ ...json, memory: 'arm' }),
      'f.json: memory: expected "tso" or "sc", got "arm";',
    ],
    [
      'a bad hash',
      (json) => ({ ...json, traceHash: 'XYZ' }),
      'f.json: traceHash: expected eight hex digits;',
    ],
    [
      'a bad schedule entry',
      (json) => ({ ...json, schedule: ['0', '0**'] }),
      'f.json: schedule[1]: expected an entry such as "0*12", "1b" or "=3", got "0**"',
    ],
    [
      'a huge schedule',
      (json) => ({ ...json, schedule: Array(6).fill('0*999999') }),
      'f.json: schedule: has 5999994 decisions; at most',
    ],
    [
      'a CPU of the schedule past the end',
      (json) => ({ ...json, schedule: ['0', '2b'] }),
      'f.json: schedule[1]: "2b" is not one of 2 CPUs;',
    ],
    [
      'a long text',
      (json) => ({ ...json, variant: 'v'.repeat(2_001) }),
      'f.json: variant: expected at most 2000 characters, got "vvv',
    ],
    [
      'too many CPUs',
      (json) => ({ ...json, scenario: { ...json.scenario, cpus: 300 } }),
      'scenario.cpus: expected at most 256, got 300;',
    ],
    [
      'an unknown step',
      (json) => ({ ...json, scenario: { ...json.scenario, scripts: [[{ op: 'reboot' }], []] } }),
      'f.json: scenario.scripts[0][0].op: is not one of the script steps that this version knows',
    ],
    [
      'a script too few',
      (json) => ({ ...json, scenario: { ...json.scenario, scripts: [[]] } }),
      'f.json: scenario.scripts: needs one script per CPU, 2, not 1;',
    ],
    [
      'a page past the end',
      (json) => ({
        ...json,
        scenario: { ...json.scenario, scripts: [[], [{ op: 'access', page: 2, write: true }]] },
      }),
      'f.json: scenario.scripts[1][0].page: names page 2 of 2;',
    ],
    [
      'an mm past the end',
      (json) => ({ ...json, scenario: { ...json.scenario, scripts: [[], [{ op: 'fork', child: 2 }]] } }),
      'f.json: scenario.scripts[1][0].child: names mm 2 of 2;',
    ],
    [
      'an empty range',
      (json) => ({
        ...json,
        scenario: { ...json.scenario, scripts: [[], [{ op: 'madvise', start: 1, end: 1 }]] },
      }),
      'f.json: scenario.scripts[1][0]: is an empty range [1, 1);',
    ],
    [
      'a slot too many',
      (json) => ({ ...json, scenario: { ...json.scenario, start: [{ slots: [null, null, null] }] } }),
      'f.json: scenario.start[0].slots: has 3 slots, but slots is 2;',
    ],
    [
      'a CPU that starts in an mm that does not exist',
      (json) => ({
        ...json,
        scenario: { ...json.scenario, mms: [{}, { alive: false }], start: [{ loadedMm: 1 }] },
      }),
      'f.json: scenario.start[0].loadedMm: names mm 1, which is not alive at the start;',
    ],
    [
      'a slot of an mm that does not exist',
      (json) => ({
        ...json,
        scenario: {
          ...json.scenario,
          mms: [{}, { alive: false }],
          start: [{ slots: [{ mm: 1, tlbGen: 1 }] }],
        },
      }),
      'f.json: scenario.start[0].slots[0].mm: names mm 1, which is not alive at the start;',
    ],
    [
      'a slot ahead of its mm',
      (json) => ({
        ...json,
        scenario: { ...json.scenario, mms: [{ tlbGen: 4 }, {}], start: [{ slots: [{ mm: 0, tlbGen: 5 }] }] },
      }),
      'f.json: scenario.start[0].slots[0].tlbGen: is 5, above that of its mm, 4;',
    ],
    [
      'two slots of one mm',
      (json) => ({
        ...json,
        scenario: { ...json.scenario, start: [{ slots: [0, 0].map((mm) => ({ mm, tlbGen: 1 })) }] },
      }),
      'f.json: scenario.start[0].slots[1].mm: names mm 0, which has a slot before;',
    ],
    [
      'an mm loaded in the slot of another',
      (json) => ({
        ...json,
        scenario: { ...json.scenario, start: [{ loadedMm: 1, slots: [{ mm: 0, tlbGen: 1 }] }] },
      }),
      'f.json: scenario.start[0].loadedMm: is 1, but its slot 0 is of mm 0;',
    ],
  ])('refuses %s', (_, change, message) => {
    expect(refusal(change)).toContain(message);
  });

  it('says where the JSON is malformed', () => {
    const text = JSON.stringify(sampleFinding(), null, 2).replace('"seed": 1,', '"seed": 1');
    const line = text.slice(0, text.indexOf('"execution"')).split('\n').length;
    expect(refusalOfText(text)).toContain(
      `f.json:${line}:3: malformed JSON: expected "," or a closing bracket, got`,
    );
  });

  it('says that a file was cut short', () => {
    expect(refusalOfText('{ "format": ')).toContain(
      'f.json:1:13: malformed JSON: expected a value, got the end of the file',
    );
    expect(refusalOfText('')).toContain('f.json:1:1: malformed JSON: expected a value');
  });

  it('survives text that is nested without end', () => {
    expect(refusalOfText('['.repeat(2_000_000))).toContain('f.json:1:33: nested more than 32 deep');
    expect(refusalOfText(`${'['.repeat(200_000)}${']'.repeat(200_000)}`)).toContain('f.json');
  });

  it('stops at the first of many mistakes, and names few of many fields', () => {
    const json = JSON.parse(JSON.stringify(sampleFinding()));
    const many = (change: object): string => refusalOfText(JSON.stringify({ ...json, ...change }));
    const scripts = (script: unknown): object => ({
      scenario: { ...json.scenario, scripts: [script, script] },
    });
    const before = process.memoryUsage().rss;
    const began = process.cpuUsage();
    expect(many({ schedule: Array(1_000_000).fill('no') })).toContain(
      'schedule[0]: expected an entry such as',
    );
    expect(many({ schedule: Array(1_200_000).fill('0') })).toContain(
      'schedule: expected at most 1000000 entries',
    );
    expect(many(scripts(Array(300_000).fill({ op: 'no' })))).toContain(
      'scripts[0]: expected at most 10000 entries',
    );
    expect(many({ latent: Array(300_000).fill({}) })).toContain('latent: expected at most 2 entries');
    expect(many(Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`k${i}`, 1])))).toContain(
      'has no field "k0", "k1", "k2", and 897 more;',
    );
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1e6).toBeLessThan(10);
    expect(process.memoryUsage().rss - before).toBeLessThan(400e6);
    const full = Array(10_000).fill({ op: 'kthread' });
    const scenario = { ...json.scenario, cpus: 6, scripts: Array(6).fill(full) };
    expect(many({ scenario })).toContain('scenario.scripts: have 60000 steps; at most 50000');
  });

  it('lets no file reach a prototype', () => {
    const text = JSON.stringify(sampleFinding()).replace('"seed":1', '"__proto__":{"polluted":1},"seed":1');
    expect(refusalOfText(text)).toContain('__proto__');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(refusal((json) => ({ ...json, constructor: 1 }))).toContain('has no field "constructor"');
  });
});
