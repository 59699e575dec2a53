import { describe, expect, it } from 'vitest';
import { githubAnnotations, githubSummary } from '../../../src/report/reporters/github-actions.js';
import { sampleVerdict } from '../verdicts.js';
import { failed, hostileReport, sampleReport } from './sample-report.js';

/** What a runner reads of a line: a command, or null. After the runner's ActionCommand. */
function command(line: string): { name: string; properties: Record<string, string>; data: string } | null {
  const match = /^::([^\s:]+)(?: ([^:]*(?::(?!:)[^:]*)*))?::(.*)$/.exec(line.trim());
  if (match === null) return null;
  const decode = (text: string): string =>
    text
      .replaceAll('%0A', '\n')
      .replaceAll('%0D', '\r')
      .replaceAll('%3A', ':')
      .replaceAll('%2C', ',')
      .replaceAll('%25', '%');
  const properties = (match[2] ?? '').split(',').flatMap((pair) => {
    const equals = pair.indexOf('=');
    return equals < 0 ? [] : [[pair.slice(0, equals), decode(pair.slice(equals + 1))]];
  });
  return { name: match[1], properties: Object.fromEntries(properties), data: decode(match[3]) };
}

describe('annotations', () => {
  it('are an error at the place that decides and a notice where there is none', () => {
    const [error, notice] = githubAnnotations(sampleReport()).map(command);
    expect(error).toMatchObject({
      name: 'error',
      properties: {
        file: 'src/kernel/flush-targets.ts',
        line: '31',
        title: 'b1: stale-use in two-mm-switch',
      },
    });
    expect(error!.data).toMatch(
      /^CPU1 stores .*\nexecution 42, 17 steps, seed 1, tso\nshootdown replay findings\/x.json$/,
    );
    expect(notice).toMatchObject({
      name: 'notice',
      properties: { title: 'b1-fixed: none in 30,000 executions' },
    });
    expect(notice!.data).toBe('two-mm-switch, random+pct, seed 1, tso; a sample, not a proof');
  });

  it('point at the step of the cause before any other', () => {
    const result = failed();
    const trace = result.witness!.trace.map((step, i) =>
      i === 20
        ? { ...step, site: { file: 'src/kernel/x.ts', line: 7 }, deciding: 'it', isCause: true as const }
        : step,
    );
    const [error] = githubAnnotations(
      sampleReport({ results: [{ ...result, witness: { ...result.witness!, trace } }] }),
    );
    expect(command(error)!.properties).toMatchObject({ file: 'src/kernel/x.ts', line: '7' });
  });

  it('have no place where none is known', () => {
    const result = failed();
    const trace = result.witness!.trace.map((step) => ({ ...step, site: null }));
    const [error] = githubAnnotations(
      sampleReport({ results: [{ ...result, witness: { ...result.witness!, trace } }] }),
    );
    expect(error).toMatch(/^::error title=/);
  });

  it('tell what is known, of a shard, and what was not reached', () => {
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
    const shard = { index: 2, of: 8 };
    const verdict = sampleVerdict({ met, shard });
    const [known, missed] = githubAnnotations(
      sampleReport({ results: [{ verdict, witness: null }], notReached: ['6.18'] }),
    ).map(command);
    expect(known!.properties.title).toBe('b1-fixed: none new in 30,000 executions');
    expect(known!.data).toContain(
      'shard 2 of 8; a sample, not a proof\nknown stale-use in s (3 executions): why',
    );
    expect(missed).toMatchObject({ name: 'notice', properties: { title: '6.18: not hunted' } });
  });

  it('are at most ten of a level, the last of which counts the others', () => {
    const results = Array.from({ length: 25 }, (_, i) => failed({ variant: `v${i}` }));
    const errors = githubAnnotations(sampleReport({ results }));
    expect(errors).toHaveLength(10);
    expect(command(errors[9])!.data).toBe('16 more variants with a violation');
    expect(githubAnnotations(sampleReport({ results: results.slice(0, 10) }))).toHaveLength(10);
  });

  it('cannot be made to hold another command', () => {
    const lines = githubAnnotations(hostileReport());
    expect(lines).toHaveLength(3);
    for (const line of lines) {
      expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(line).not.toContain('##[');
      expect(['error', 'notice']).toContain(command(line)!.name);
    }
    const [error] = lines.map(command);
    expect(Object.keys(error!.properties)).toEqual(['file', 'line', 'title']);
    expect(error!.properties.line).toBe('12');
    expect(error!.properties.title).toContain('100% | `c`');
    expect(error!.data).toContain('100% | `c` **d**\\r\\n::set-env name=PATH::/evil');
  });
});

describe('the summary of a job', () => {
  it('is a table, and a timeline for each witness', () => {
    const summary = githubSummary(sampleReport({ shard: { index: 2, of: 8 }, notReached: ['6.18'] }));
    expect(summary).toContain('shard 2 of 8');
    expect(summary).toContain('| b1 | stale-use | two-mm-switch | 43 | 9.9 | findings/x.json |');
    expect(summary).toContain('| b1-fixed | none in 30,000 executions | two-mm-switch | 30,000 | 9.9 | - |');
    expect(summary).toContain('| 6.18 | not hunted: interrupted |');
    expect(summary).toMatch(/```text\n {2}step │ CPU0/);
    expect(summary.endsWith('\n\n')).toBe(true);
  });

  it('shows text as text', () => {
    const summary = githubSummary(hostileReport());
    const rows = summary.split('\n').filter((line) => line.startsWith('|'));
    expect(rows).toHaveLength(5);
    for (const row of rows) expect(row.split('|')).toHaveLength(8);
    const outside = summary.replaceAll(/(`{3,})text\n[\s\S]*?\n\1(?=\n)/g, '');
    expect(outside.match(/<\/?\w+/g)).toEqual(['<details', '<summary', '</summary', '</details']);
    expect(outside).not.toContain('**');
    expect(outside).not.toContain('`');
  });

  it('stays below what GitHub takes', () => {
    const results = Array.from({ length: 2000 }, (_, i) =>
      failed({ variant: `v${i}`, message: 'x'.repeat(500) }),
    );
    const summary = githubSummary(sampleReport({ results }));
    expect(Buffer.byteLength(summary)).toBeLessThan(1024 * 1024);
    expect(summary).toContain('1,500 more.');
  });
});
