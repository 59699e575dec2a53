import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HAS_CLANG } from '../csource/with-clang.js';
import { askToEnd, type LongCommand, longCommands } from './asked-to-end.js';

/** Commands in the middle of what keeps them busy, asked once to end. */

const directory = mkdtempSync(join(tmpdir(), 'shootdown-signals-'));
let commands: LongCommand[];
beforeAll(() => {
  commands = longCommands(directory);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Processor time, which other processes do not change. */
const CPU_MS_MAX = 2_000;
/** A command takes three quarters of a second to begin. */
const AFTER_CPU_MS = 1_000;

describe('a command that is asked to end', () => {
  it.each([
    ['compare', 'SIGTERM', 143],
    ['merge', 'SIGINT', 130],
    ['litmus', 'SIGTERM', 143],
    ['trace check', 'SIGINT', 130],
    ['hunt of a recording', 'SIGTERM', 143],
  ] as const)('does so at once and as told: %s, %s', async (name, signal, exitCode) => {
    const argv = commands.find((one) => one.name === name)?.argv ?? [];
    const run = await askToEnd(argv, { signal, afterCpuMs: AFTER_CPU_MS });
    expect([run.exitCode, run.stderr.replace(/^interrupted: .*\n$/, '')]).toEqual([exitCode, '']);
    expect(run.took?.cpuMs).toBeLessThan(CPU_MS_MAX);
    const out = join(directory, 'out');
    for (const file of existsSync(out) ? readdirSync(out) : [])
      if (file.endsWith('.json'))
        expect(() => JSON.parse(readFileSync(join(out, file), 'utf8'))).not.toThrow();
  });

  it('does not wait for the compiler of types, which nothing interrupts', async () => {
    const module = join(directory, 'sum.ts');
    writeFileSync(module, `export const sum = ${Array.from({ length: 60_000 }, (_, i) => i).join(' + ')};\n`);
    const run = await askToEnd(['hunt', module], { signal: 'SIGTERM', afterCpuMs: 4_000 });
    expect(run).toMatchObject({ exitCode: 143, stdout: '', stderr: '' });
    expect(run.took?.cpuMs).toBeLessThan(CPU_MS_MAX);
  });

  it.skipIf(!HAS_CLANG)('does not wait for a compiler that waits, and ends it', async () => {
    const argv = commands.find(({ name }) => name === 'source check')?.argv ?? [];
    const run = await askToEnd(argv, { signal: 'SIGTERM', afterCpuMs: 100_000 });
    expect(run).toMatchObject({ exitCode: 143, stdout: '', stderr: '' });
    expect(run.took?.cpuMs).toBeLessThan(CPU_MS_MAX);
    expect(processesIn(directory)).toEqual([]);
  });
});

/** Command lines of processes that name a directory. */
function processesIn(place: string): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      const line = /^\d+$/.test(pid) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : '';
      return line.includes(place) ? [line.replaceAll('\0', ' ')] : [];
    } catch {
      return [];
    }
  });
}
