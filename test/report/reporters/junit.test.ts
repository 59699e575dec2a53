import { describe, expect, it } from 'vitest';
import { junitReport } from '../../../src/report/reporters/junit.js';
import { cdata } from '../../../src/report/reporters/xml.js';
import { sampleVerdict } from '../verdicts.js';
import { invalidIn } from './jenkins-schema.js';
import { failed, hostileReport, sampleReport } from './sample-report.js';
import { type Element, parseXml } from './xml-check.js';

const suiteOf = (xml: string): Element => parseXml(xml).children[0];
const cases = (xml: string): Element[] => suiteOf(xml).children.filter(({ name }) => name === 'testcase');
const propertiesOf = (element: Element): Record<string, string> =>
  Object.fromEntries(
    element.children
      .filter(({ name }) => name === 'properties')
      .flatMap(({ children }) => children.map(({ attributes: { name, value } }) => [name, value])),
  );

describe('the strict parser', () => {
  it.each([
    '<a>',
    '<a b="<"/>',
    '<a>&x;</a>',
    '<a>]]></a>',
    '<a>\u0001</a>',
    '<a></b>',
    '<a b="1" b="2"/>',
    '<a/><b/>',
    '<a>&</a>',
  ])('refuses %j', (body) => {
    expect(() => parseXml(`<?xml version="1.0" encoding="UTF-8"?>${body}`)).toThrow();
  });
});

describe("JUnit's XML", () => {
  it('has a suite with a case for each subject, and counts them', () => {
    const suite = suiteOf(junitReport(sampleReport({ notReached: ['6.18'] })));
    expect(suite.attributes).toMatchObject({
      tests: '3',
      failures: '1',
      errors: '0',
      skipped: '1',
      time: '19.740',
    });
    expect(propertiesOf(suite)).toEqual({
      shootdown: '0.1.0',
      seed: '1',
      memory: 'tso',
      strategies: 'random+pct',
    });
    const [bad, good, skipped] = cases(junitReport(sampleReport({ notReached: ['6.18'] })));
    expect(bad.attributes).toEqual({ classname: 'b1/two-mm-switch', name: 'hunt, tso', time: '9.870' });
    expect(good.children.map(({ name }) => name)).toEqual(['system-out']);
    expect(good.children[0].text).toMatch(
      /^executions: 30000\nsteps: \d+\nseed: 1\nmemory: tso\nstrategy: random\+pct\n/,
    );
    expect(good.children[0].text).toContain('a sample, not a proof');
    expect(skipped.children[0]).toMatchObject({
      name: 'skipped',
      attributes: { message: 'interrupted before its turn' },
    });
  });

  it('gives a failure its class, sentence, replay command and timeline', () => {
    const failure = cases(junitReport(sampleReport()))[0].children.find(({ name }) => name === 'failure')!;
    expect(failure.attributes.type).toBe('stale-use');
    expect(failure.attributes.message).toContain('CPU1 stores through a translation');
    expect(failure.text).toContain('\nshootdown replay findings/x.json\n');
    expect(failure.text).toMatch(/\n {2}step │ CPU0 .*\n/);
    expect(failure.text).toContain('> decides');
  });

  it('keeps the name of a case whether something is found or not', () => {
    const many = ['two-flushers', 'reclaim'].map((scenario) => ({
      ...{ scenario, executions: 1, steps: 1, counters: {} },
    }));
    const names = [
      failed({ scenarios: many, scenario: 'reclaim', variant: 'v' }).verdict,
      sampleVerdict({ scenarios: many, variant: 'v' }),
    ].map(
      (verdict) =>
        cases(junitReport(sampleReport({ results: [{ verdict, witness: null }] })))[0].attributes.classname,
    );
    expect(names).toEqual(['v/catalogue', 'v/catalogue']);
  });

  it('takes an interrupted hunt for an error, unless it has found something', () => {
    const interrupted = { verdict: sampleVerdict({ interrupted: true, executions: 7 }), witness: null };
    const xml = junitReport(sampleReport({ results: [interrupted, failed({ interrupted: true })] }));
    expect(suiteOf(xml).attributes).toMatchObject({ tests: '2', failures: '1', errors: '1' });
    const error = cases(xml)[0].children.find(({ name }) => name === 'error')!;
    expect(error.attributes.message).toBe('interrupted after 7 executions, in which none was found');
  });

  it('says which shard it was, and what is known', () => {
    const shard = { index: 2, of: 8 };
    const met = [
      {
        scenario: 's',
        class: 'stale-use' as const,
        cause: 'why',
        isKnown: true,
        executions: 3,
        execution: 1,
      },
    ];
    const xml = junitReport(
      sampleReport({ shard, results: [{ verdict: sampleVerdict({ shard, met }), witness: null }] }),
    );
    expect(propertiesOf(suiteOf(xml)).shard).toBe('2/8');
    expect(cases(xml)[0].attributes.name).toBe('hunt, tso, shard 2 of 8');
    const out = cases(xml)[0].children.at(-1)!.text;
    expect(out).toContain('\nshard: 2/8\nknown: 1\n');
    expect(out).toContain('known stale-use in s (3 executions): why');
    expect(suiteOf(xml).attributes.failures).toBe('0');
  });

  it('is XML whatever the text in it', () => {
    const xml = junitReport(hostileReport());
    const [bad] = cases(xml);
    expect(suiteOf(xml).children.map(({ name }) => name)).toEqual([
      'properties',
      'testcase',
      'testcase',
      'testcase',
    ]);
    expect(bad.attributes.classname).toContain('a]]>b <x y="z">&amp; \\x00\\x1b[2J');
    expect(bad.children.find(({ name }) => name === 'failure')!.text).toContain(
      'a]]>b <x y="z">&amp; \\x00\\x1b[2J',
    );
  });

  it("is valid by Jenkins' schema", () => {
    const met = sampleReport({ notReached: ['6.18'] });
    const interrupted = { verdict: sampleVerdict({ interrupted: true, executions: 7 }), witness: null };
    const reports = [met, hostileReport(), sampleReport({ results: [interrupted] })];
    expect(reports.flatMap((report) => invalidIn(parseXml(junitReport(report))))).toEqual([]);
  });

  it.each([
    '<testsuites skipped="1"/>',
    '<testsuites><testsuite name="a" tests="1" failures="0"/></testsuites>',
    '<testsuites time="1 s"/>',
    '<testsuites><testcase name="a"/></testsuites>',
  ])('which %s is not', (body) => {
    expect(invalidIn(parseXml(`<?xml version="1.0" encoding="UTF-8"?>${body}`))).toHaveLength(1);
  });

  it.each(['', ']]>', ']]]>', ']]>]]>', 'a]]', '>', '\r\n', '\u0000\ufffe\udc00', '😀'])(
    'CDATA holds %j',
    (text) => {
      const { text: back } = parseXml(`<?xml version="1.0" encoding="UTF-8"?><a>${cdata(text)}</a>`);
      if (/^[^\0\r\ufffe]*$/.test(text)) expect(back).toBe(text);
      else expect(back).toMatch(/\\/);
    },
  );
});
