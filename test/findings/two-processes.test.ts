import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readFinding } from '../../src/findings/read.js';

const PROCESSES = 4;
const program = fileURLToPath(new URL('save-many.ts', import.meta.url));

function lines(child: ChildProcess): { text: string } {
  const read = { text: '' };
  child.stdout?.on('data', (chunk) => {
    read.text += chunk;
  });
  return read;
}

it(
  'processes that save into one directory at once overwrite nothing, and all ' + 'findings are whole',
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'shootdown-two-'));
    const out = join(directory, 'findings');
    const go = join(directory, 'go');
    const children = Array.from({ length: PROCESSES }, (_, own) =>
      spawn(process.execPath, ['--import', 'tsx', program, out, String(own + 1), go], {
        stdio: ['ignore', 'pipe', 'inherit'],
      }),
    );
    const ended = children.map(
      (child) => new Promise<number | null>((resolve) => child.on('close', resolve)),
    );
    const said = children.map(lines);
    while (said.some(({ text }) => !text.startsWith('ready')))
      await new Promise((resolve) => setTimeout(resolve, 10));
    writeFileSync(go, '');
    expect(await Promise.all(ended)).toEqual(children.map(() => 0));

    const saved = said
      .flatMap(({ text }) => text.trim().split('\n').slice(1))
      .map((line) => line.split(' ') as [string, string]);
    expect(saved).toHaveLength(PROCESSES * 30);
    // What each was told is where its finding is.
    for (const [seed, path] of saved) expect(readFinding(path).seed).toBe(Number(seed));
    // The ten that all have are there once, and nothing is there but findings.
    const names = readdirSync(out);
    expect(names).toHaveLength(10 + PROCESSES * 20);
    expect(names.filter((name) => !name.endsWith('.json'))).toEqual([]);
    expect(new Set(names.map((name) => readFinding(join(out, name)).seed)).size).toBe(names.length);
    rmSync(directory, { recursive: true });
  },
);
