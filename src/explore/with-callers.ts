import { join } from 'node:path';
import type { Piscina } from 'piscina';
import { type BundleOptions, bundle } from '../bundle/bundle.js';
import { BundlePlaces } from '../bundle/places.js';
import { type Answered, answerOf } from '../seal/answered.js';

/** An error, and what tells where its stack's frames were written. */
export interface PlacedError {
  readonly error: unknown;
  readonly places: BundlePlaces;
}

/**
 * A failed task, done again in a bundle that keeps `yield*`. Where functions are a stack of the machine's own
 * (bundle/flatten.ts) an error's stack has the innermost one only; here it has all callers, among them,
 * perhaps, a user's line that called ours with what it cannot bear.
 */
export class WithCallers {
  private bundled: Promise<BundlePlaces> | null = null;
  private readonly outfile: string;

  /** `options`: how the pool's own bundle is made; `directory`: where it lies. */
  constructor(
    private readonly options: Omit<BundleOptions, 'outfile'>,
    directory: string,
  ) {
    this.outfile = join(directory, 'with-callers.mjs');
  }

  /**
   * What the task throws there; null where it throws nothing, which a module that is no function of its
   * inputs can bring about.
   */
  async errorOf(piscina: Piscina, call: unknown): Promise<PlacedError | null> {
    this.bundled ??= this.bundle();
    const places = await this.bundled;
    try {
      answerOf((await piscina.run(call, { filename: this.outfile })) as Answered<unknown>);
      return null;
    } catch (error) {
      return { error, places };
    }
  }

  private async bundle(): Promise<BundlePlaces> {
    await bundle({ ...this.options, outfile: this.outfile, delegating: true });
    return new BundlePlaces(this.outfile);
  }
}
