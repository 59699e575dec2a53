import type { Engine } from '../../src/cli/engine-api.js';

/**
 * An engine whose long answers are made once and then given again, with all that they called on their way: so
 * that a command can be run a hundred times.
 */

type Work = (...args: never[]) => Promise<unknown>;
type Fields = Readonly<Record<string, unknown>>;

interface Answer {
  /** Calls of functions of the request. */
  readonly told: { readonly field: string; readonly args: readonly unknown[]; readonly returned: unknown }[];
  result: unknown;
}

export class RecordedEngine {
  private readonly answers = new Map<string, Answer>();
  /** Of this run: how often each was asked. */
  private readonly asked = new Map<string, number>();

  constructor(private readonly real: Engine) {}

  /** The engine for the next run. */
  next(change: Partial<Engine> = {}): Engine {
    const { real } = this;
    this.asked.clear();
    return {
      ...real,
      openPool: async () => ({ close: async () => undefined }),
      hunt: this.again('hunt', (request: never) => this.onPool((pool) => real.hunt(request, pool))) as never,
      replay: this.again('replay', real.replay as Work) as never,
      comparisons: {
        ...real.comparisons,
        run: this.again('compare', (request: never) =>
          this.onPool((pool) => real.comparisons.run(request, pool)),
        ) as never,
      },
      studies: {
        ...real.studies,
        run: this.again('study', (request: never) =>
          this.onPool((pool) => real.studies.run(request, pool)),
        ) as never,
      },
      verifier: async () => ({ verify: this.verify as never, close: () => undefined }),
      ...change,
    };
  }

  readonly verify = this.again('verify', async (request: never) => {
    const verifier = await this.real.verifier();
    try {
      return await verifier.verify(request);
    } finally {
      verifier.close();
    }
  });

  private async onPool<T>(work: (pool: never) => Promise<T>): Promise<T> {
    const pool = await this.real.openPool(1);
    try {
      return await work(pool as never);
    } finally {
      await pool.close();
    }
  }

  private again(name: string, work: Work): (request: Fields) => Promise<unknown> {
    return async (request) => {
      const n = this.asked.get(name) ?? 0;
      this.asked.set(name, n + 1);
      const known = this.answers.get(`${name} ${n}`);
      if (known !== undefined) return repeated(known, request);
      const answer: Answer = { told: [], result: null };
      const watched = Object.fromEntries(
        Object.entries(request).map(([field, value]) => [
          field,
          typeof value !== 'function'
            ? value
            : (...args: unknown[]) => {
                const returned: unknown = value(...args);
                answer.told.push({ field, args, returned });
                return returned;
              },
        ]),
      );
      answer.result = await work(watched as never);
      this.answers.set(`${name} ${n}`, answer);
      return answer.result;
    };
  }
}

/** The same, with what is answered now in the place of what was answered then: where a finding is kept. */
function repeated({ told, result }: Answer, request: Fields): unknown {
  const instead = new Map<unknown, unknown>();
  for (const { field, args, returned } of told) {
    const call = request[field] as (...args: unknown[]) => unknown;
    const now = call(...args.map((one) => replaced(one, instead)));
    if (typeof returned === 'string') instead.set(returned, now);
  }
  return replaced(result, instead);
}

function replaced(value: unknown, instead: ReadonlyMap<unknown, unknown>): unknown {
  if (instead.size === 0) return value;
  if (instead.has(value)) return instead.get(value);
  if (Array.isArray(value)) return value.map((one) => replaced(one, instead));
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, replaced(one, instead)]));
}
