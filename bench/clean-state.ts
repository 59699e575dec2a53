import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { LatentCount, ScenarioTally } from '../src/explore/api.js';

/**
 * What bench/clean.ts has done so far. It is kept after every part, so that a run can be stopped at any time
 * and goes on where it was.
 */

export interface Part {
  readonly profile: string;
  readonly seed: number;
  readonly executions: number;
  readonly violation: string | null;
  readonly latent: readonly LatentCount[];
  readonly scenarios: readonly ScenarioTally[];
  readonly traceHash: string;
  readonly seconds: number;
}

interface State {
  /** Of the engine that the parts were made with: another engine starts again. */
  readonly engine: string;
  readonly parts: Part[];
}

/** A hash of all code that runs in an exploration worker. */
export async function engineHash(): Promise<string> {
  const entry = fileURLToPath(new URL('../workers/explore-batch.ts', import.meta.url));
  const built = await build({
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
    logLevel: 'silent',
    minify: true,
  });
  return createHash('sha256').update(built.outputFiles[0].contents).digest('hex').slice(0, 16);
}

export class CleanState {
  private readonly state: State;

  constructor(
    private readonly file: string,
    engine: string,
  ) {
    const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as State) : null;
    this.state = known !== null && known.engine === engine ? known : { engine, parts: [] };
  }

  find(profile: string, seed: number, executions: number): Part | undefined {
    return this.state.parts.find(
      (part) => part.profile === profile && part.seed === seed && part.executions === executions,
    );
  }

  add(part: Part): void {
    this.state.parts.push(part);
    mkdirSync(dirname(this.file), { recursive: true });
    // Never half a file.
    writeFileSync(`${this.file}.new`, JSON.stringify(this.state));
    renameSync(`${this.file}.new`, this.file);
  }
}
