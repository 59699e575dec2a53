import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A C program beside this file, compiled: it prints a JSON object of figures. */
export interface Compiled {
  run(...args: readonly (string | number)[]): Readonly<Record<string, number>>;
  dispose(): void;
}

/** Compiles `name`.c; null, with a message, where there is no gcc or it fails. */
export function compileC(name: string): Compiled | null {
  const folder = mkdtempSync(join(tmpdir(), 'shootdown-bench-'));
  const dispose = (): void => rmSync(folder, { recursive: true, force: true });
  const binary = join(folder, name);
  const source = fileURLToPath(new URL(`./${name}.c`, import.meta.url));
  const made = spawnSync('gcc', ['-O2', '-pthread', '-o', binary, source], { encoding: 'utf8' });
  if (made.status !== 0) {
    const why = made.error === undefined ? made.stderr.trim() : 'gcc is not present';
    console.error(`${name}.c is left out: ${why}`);
    dispose();
    return null;
  }
  const run: Compiled['run'] = (...args) =>
    JSON.parse(execFileSync(binary, args.map(String), { encoding: 'utf8' }));
  return { run, dispose };
}
