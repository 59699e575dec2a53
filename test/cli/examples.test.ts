import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load-config.js';
import { serializeBaseline } from '../../src/findings/baseline.js';
import * as api from '../../src/index.js';
import { findVariant } from '../../src/variants/index.js';
import { parseXml } from '../report/reporters/xml-check.js';
import { fakeEngine } from './fake-engine.js';
import { cli } from './run-cli.js';

/** The workflow examples name commands that this command line takes. */

let out: string;
beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'shootdown-examples-'));
  writeFileSync(join(out, 'known.json'), serializeBaseline([]));
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

const CONFIG = fileURLToPath(new URL('../../examples/config/shootdown.config.ts', import.meta.url));
const read = (name: string): string =>
  readFileSync(new URL(`../../examples/ci/${name}`, import.meta.url), 'utf8');
const commandsIn = (name: string): [string, string][] =>
  [...read(name).matchAll(/npx --no shootdown (.*)$/gm)].map(([, command]) => [name, command]);

describe('the example of', () => {
  const commands = ['github-actions.yml', 'gitlab-ci.yml', 'run.yml', 'kubernetes.yml'].flatMap(commandsIn);

  it('each has its commands', () => {
    expect(commands).toHaveLength(9);
  });

  it.each(commands)('%s: shootdown %s', async (name, command) => {
    const argv = command
      .replaceAll(/\$\{\{ [^}]* \}\}|\$[A-Z_]+/g, '7')
      .replaceAll('/shared/', '')
      .replaceAll(/\b(known\.json|junit\.xml|blobs)\b/g, (file) => join(out, file))
      .replaceAll(
        /^run /g,
        `run --executions 1 --corpus ${join(out, 'corpus')} --report-dir ${out} --out ${out} `,
      )
      .split(' ');
    const engine = fakeEngine({
      findVariant: async (name) => findVariant(name)?.name ?? null,
      loadConfig: () => loadConfig(CONFIG, { api, apiFile: '', typeCheck: false }),
    });
    const run = await cli(argv, {
      engine,
      env: {
        ...(name === 'kubernetes.yml'
          ? { JOB_COMPLETION_INDEX: '2' }
          : { CI_NODE_INDEX: '3', CI_NODE_TOTAL: '8' }),
        GITHUB_STEP_SUMMARY: join(out, 'summary.md'),
      },
    });
    expect(run.stderr).not.toMatch(/^shootdown: (?!shard)/m);
    if (command.startsWith('merge ')) {
      // The command before it has left one of eight.
      expect(run.exitCode).toBe(3);
      expect(run.stdout + run.stderr).toContain('missing');
    } else {
      // This engine finds nothing, and a configuration expects something.
      expect(run.exitCode).toBe(command.startsWith('run ') ? 1 : 0);
      expect(engine.requests.length).toBeGreaterThan(0);
    }
    if (command.includes('junit.xml')) parseXml(readFileSync(join(out, 'junit.xml'), 'utf8'));
  });

  it('fetches nothing by a name that somebody else may have', () => {
    for (const name of ['github-actions.yml', 'gitlab-ci.yml', 'run.yml', 'kubernetes.yml', 'slurm/task.sh'])
      expect(read(name).match(/npx (?!--no(?: shootdown\b|"))/g)).toBe(null);
  });

  it('GitHub gives every machine of the matrix another shard of as many as there are', () => {
    const text = read('github-actions.yml');
    const shards = /shard: \[([\d, ]+)\]/.exec(text)![1].split(',').map(Number);
    expect(text).toContain(`--shard \${{ matrix.shard }}/${shards.length} `);
    expect(shards).toEqual(shards.map((_, i) => i + 1));
    // Text of a user's in a `run:` line would be run by the shell.
    for (const [, expression] of text.matchAll(/run:.*?\$\{\{ ([^}]*) \}\}/g))
      expect(['github.run_number', 'matrix.shard']).toContain(expression);
  });
});
