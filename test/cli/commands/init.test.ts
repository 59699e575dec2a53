import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sourceFile } from '../../../src/bundle/user-files.js';
import { loadConfig } from '../../../src/config/load-config.js';
import * as api from '../../../src/index.js';
import { cli } from '../run-cli.js';

const before = process.cwd();
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'shootdown-init-'));
  process.chdir(directory);
});
afterEach(() => {
  process.chdir(before);
  rmSync(directory, { recursive: true, force: true });
});

describe('shootdown init', () => {
  it('writes a configuration that is one, and a workflow; a second time nothing', async () => {
    expect(await cli(['init'])).toMatchObject({ exitCode: 0, stderr: '' });
    const { config } = await loadConfig(undefined, { api, apiFile: sourceFile('index'), typeCheck: false });
    expect(config.projects.map(({ expect: said }) => said)).toEqual(['clean', 'violation:stale-use']);
    expect(readFileSync('.github/workflows/shootdown.yml', 'utf8')).toContain('shootdown run --mode change');
    const { exitCode, stderr } = await cli(['init']);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: 'shootdown: init: everything is there already; move a file away to have it written\n',
    });
  });

  it('leaves what is there as it is, under another ending too', async () => {
    writeFileSync('shootdown.config.mjs', 'mine');
    const { exitCode, stdout } = await cli(['init']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      'left as it is: shootdown.config.mjs\nwritten: .github/workflows/shootdown.yml\n',
    );
    expect(readFileSync('shootdown.config.mjs', 'utf8')).toBe('mine');
  });
});
