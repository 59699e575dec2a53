import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serializeFinding } from '../../src/findings/serialize.js';
import { sampleFinding } from '../findings/sample.js';
import { readTrace } from '../report/perfetto/read-trace.js';
import { raceSteps } from '../report/steps.js';
import { fakeEngine, otherReplay } from './fake-engine.js';
import { FakeTerminal } from './fake-terminal.js';
import { cli } from './run-cli.js';

let out: string;
let file: string;
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'shootdown-show-'));
  file = join(out, 'f.json');
  writeFileSync(file, serializeFinding(sampleFinding()));
});
afterEach(() => {
  rmSync(out, { recursive: true, force: true });
});

const widest = (text: string) => Math.max(...text.split('\n').map((line) => [...line].length));

describe('show, printed', () => {
  it('prints every step where there is no terminal', async () => {
    const run = await cli(['show', file]);
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    for (const { step } of raceSteps()) expect(run.stdout).toMatch(new RegExp(`^[> ] +${step} │`, 'm'));
    expect(run.stdout).toMatch(/^b1 in a scenario of the file's own, tso\n/);
    expect(run.stdout).toContain("b1: stale-use in a scenario of the file's own (17 steps)");
    expect(widest(run.stdout)).toBeLessThanOrEqual(100);
  });

  it('leaves out what is far from the deciding steps with --deciding', async () => {
    const run = await cli(['show', '--deciding', file]);
    expect(run.stdout).toContain('... 6 steps of CPU0');
    expect(run.stdout).not.toMatch(/^ +0 │/m);
  });

  it('prints it as a recording, and nothing else', async () => {
    const run = await cli(['show', '--format', 'ftrace', file]);
    expect(run).toEqual({ exitCode: 0, stdout: '# tracer: nop\n', stderr: '' });
  });

  it('keeps to --width', async () => {
    const narrow = await cli(['show', '--width', '60', file]);
    expect(widest(narrow.stdout.split('\nb1: ')[0])).toBeLessThanOrEqual(60);
    const wide = await cli(['show', '--width', '200', file]);
    expect(widest(wide.stdout)).toBeGreaterThan(100);
  });

  it.each(['39', '1001', 'x', '-1', ''])('refuses --width %j in one line', async (width) => {
    const run = await cli(['show', '--width', width, file]);
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toMatch(/^shootdown: --width: .* is not a whole number from 40 to 1000; .*\n$/);
  });

  it('paints where it is asked to', async () => {
    expect((await cli(['show', '--plain', file], { isTTY: true })).stdout).toContain('\u001b[33m');
    expect(
      (await cli(['show', '--plain', file], { isTTY: true, env: { NO_COLOR: '1' } })).stdout,
    ).not.toContain('\u001b');
  });

  it.each([['--plain'], ['--deciding'], ['--width', '80'], ['--json']])(
    '%s is printed on a terminal too',
    async (...flags) => {
      const terminal = new FakeTerminal(() => {});
      const run = await cli(['show', ...flags, file], { terminal });
      expect(run.exitCode).toBe(0);
      expect(run.stdout).not.toBe('');
      expect(terminal.screens).toEqual([]);
    },
  );

  it('gives the steps as one JSON document', async () => {
    const run = await cli(['show', '--json', file]);
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    const document = JSON.parse(run.stdout);
    expect(document).toMatchObject({
      format: 'shootdown-show',
      version: 1,
      file,
      variant: 'b1',
      cpus: 2,
      reproduced: true,
      reason: null,
    });
    expect(document.violation).toEqual(sampleFinding().violation);
    const steps = raceSteps().map(({ site, ...step }) => ({
      ...step,
      site: site === null ? null : `${site.file}:${site.line}`,
    }));
    expect(document.steps).toEqual(JSON.parse(JSON.stringify(steps)));
  });

  it('says why a finding is not reproduced, and shows what ran', async () => {
    const replay = otherReplay('step 7 differs');
    const run = await cli(['show', file], { engine: fakeEngine({ replay: async () => replay }) });
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toBe(`shootdown: ${file}: not reproduced: step 7 differs\n`);
    expect(run.stdout).toContain('CPU0');
    expect(run.stdout).not.toContain('stale-use in');
  });

  it('refuses a file that is no finding, and an unknown variant, in one line', async () => {
    writeFileSync(file, '{}');
    expect(await cli(['show', file])).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringMatching(/^shootdown: .*f\.json.*\n$/),
    });
    writeFileSync(file, serializeFinding(sampleFinding({ variant: 'b99' })));
    expect(await cli(['show', file])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/^shootdown: .*: variant: .*b99.*\n$/),
    });
    expect(await cli(['show', join(out, 'none.json')])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/^shootdown: .*\n$/),
    });
  });
});

describe('show, on a terminal', () => {
  it('moves through the steps and leaves nothing on stdout', async () => {
    const seen: string[] = [];
    const terminal = new FakeTerminal((t) => {
      for (const keys of ['', 'j', 'n', 'G', 'gg', '\u001b[B']) {
        t.press(keys);
        seen.push(/step (\d+) of/.exec(t.screen)?.[1] ?? '');
      }
      t.press('q');
    });
    const run = await cli(['show', file], { terminal });
    expect(run).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(seen).toEqual(['15', '16', '24', '26', '0', '1']);
    expect(terminal.isOpen).toBe(false);
    expect(terminal.screen).toContain("b1: stale-use in a scenario of the file's own");
  });

  it('draws whole screens of the terminal’s size, and anew when it changes', async () => {
    let rows: number[] = [];
    const terminal = new FakeTerminal((t) => {
      rows.push(t.screen.split('\n').length);
      Object.assign(t, { rows: 40, columns: 60 });
      t.listener?.onResize();
      rows.push(t.screen.split('\n').length);
      rows = [...rows, widest(t.screen)];
      t.press('q');
    });
    await cli(['show', file], { terminal });
    expect(rows).toEqual([24, 40, 60]);
  });

  it.each(['\u0003', 'Q'])('ends at %j', async (keys) => {
    const terminal = new FakeTerminal((t) => t.press(keys));
    expect((await cli(['show', file], { terminal })).exitCode).toBe(0);
  });

  it('ends when nothing more can be read, and when it is interrupted', async () => {
    const ended = new FakeTerminal((t) => t.listener?.onEnd());
    expect((await cli(['show', file], { terminal: ended })).exitCode).toBe(0);
    let interrupt = () => {};
    const interrupted = new FakeTerminal(() => interrupt());
    const withInterrupt = (stop: () => void) => {
      interrupt = stop;
    };
    expect((await cli(['show', file], { terminal: interrupted, withInterrupt })).exitCode).toBe(0);
    expect([ended.isOpen, interrupted.isOpen]).toEqual([false, false]);
  });

  it('gives the terminal back before it reports an error', async () => {
    const terminal = new FakeTerminal((t) => {
      t.write = () => {
        throw new Error('no such screen');
      };
      t.press('j');
    });
    const run = await cli(['show', file], { terminal });
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('internal error: no such screen');
    expect(terminal.isOpen).toBe(false);
  });

  it('says on stderr afterwards that the finding is not reproduced', async () => {
    const replay = otherReplay('step 7 differs');
    const terminal = new FakeTerminal((t) => t.press('q'));
    const run = await cli(['show', file], { engine: fakeEngine({ replay: async () => replay }), terminal });
    expect(run).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('not reproduced: step 7 differs'),
    });
  });
});

describe('show --format perfetto', () => {
  it('writes a file that Perfetto reads, and prints its path', async () => {
    const trace = join(out, 'deep/a.pftrace');
    const run = await cli(['show', '--format', 'perfetto', '--output', trace, file]);
    expect(run).toEqual({ exitCode: 0, stdout: `${trace}\n`, stderr: '' });
    const { slices, tracks } = readTrace(readFileSync(trace));
    expect(tracks[0].name).toBe("b1 in a scenario of the file's own, tso");
    expect(slices.filter(({ notes }) => notes.step !== undefined)).toHaveLength(raceSteps().length);
  });

  it.each([
    [['--format', 'perfetto', '--output', 'FILE'], 'the finding and --output name one file'],
    [['--output', 'x'], '--output: is the file of --format perfetto; redirect what is printed instead'],
    [['--format', 'ftrace', '--output', 'x'], '--output: is the file of --format perfetto'],
  ])('%j is refused in one line', async (flags, message) => {
    const run = await cli(['show', ...flags.map((flag) => (flag === 'FILE' ? file : flag)), file]);
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toContain(message);
    expect(run.stderr).toMatch(/^[^\n]+\n$/);
  });
});
