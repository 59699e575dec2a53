import type { Engine, Pool } from '../../src/cli/engine-api.js';

/**
 * An engine whose long answers are made once and then given again, with all that they called on their way: so
 * that a command can be run a hundred times.
 */

interface Answer {
  /** Calls of functions of the request. */
  readonly told: { readonly field: string; readonly args: readonly unknown[]; readonly returned: unknown }[];
  result: unknown;
}

/** No command looks into what it is given to run on. */
const NO_POOL: Pool = { close: async () => undefined };

export class RecordedEngine {
  private readonly answers = new Map<string, Answer>();
  /** Of this run: how often each was asked. */
  private readonly asked = new Map<string, number>();

  constructor(private readonly real: Engine) {}

  /** The engine for the next run. */
  next(change: Partial<Engine> = {}): Engine {
    const { real } = this;
    const { comparisons, studies } = real;
    this.asked.clear();
    return {
      ...real,
      openPool: async () => NO_POOL,
      hunt: this.again('hunt', (request) => this.onPool((pool) => real.hunt(request, pool))),
      replay: this.again('replay', (finding) => real.replay(finding)),
      comparisons: {
        ...comparisons,
        run: this.again('compare', (request) => this.onPool((pool) => comparisons.run(request, pool))),
      },
      studies: {
        ...studies,
        run: this.again('study', (request) => this.onPool((pool) => studies.run(request, pool))),
      },
      verifier: async () => ({ verify: this.verify, close: () => undefined }),
      ...change,
    };
  }

  readonly verify: Awaited<ReturnType<Engine['verifier']>>['verify'] = this.again(
    'verify',
    async (request) => {
      const verifier = await this.real.verifier();
      try {
        return await verifier.verify(request);
      } finally {
        verifier.close();
      }
    },
  );

  private async onPool<Result>(work: (pool: Pool) => Promise<Result>): Promise<Result> {
    const pool = await this.real.openPool(1);
    try {
      return await work(pool);
    } finally {
      await pool.close();
    }
  }

  private again<Request extends object, Result>(
    name: string,
    work: (request: Request) => Promise<Result>,
  ): (request: Request) => Promise<Result> {
    return async (request) => {
      const n = this.asked.get(name) ?? 0;
      this.asked.set(name, n + 1);
      const known = this.answers.get(`${name} ${n}`);
      // Under its name stands only what this work has answered.
      if (known !== undefined) return repeated(known, request) as Result;
      const answer: Answer = { told: [], result: null };
      const result = await work(watched(request, answer));
      answer.result = result;
      this.answers.set(`${name} ${n}`, answer);
      return result;
    };
  }
}

/** The request, whose functions note what they are called with. */
function watched<Request extends object>(request: Request, { told }: Answer): Request {
  const copy: Request = { ...request };
  for (const field of Object.keys(request)) {
    const value: unknown = Reflect.get(request, field);
    if (typeof value !== 'function') continue;
    Reflect.set(copy, field, (...args: unknown[]) => {
      const returned: unknown = value(...args);
      told.push({ field, args, returned });
      return returned;
    });
  }
  return copy;
}

/** The same, with what is answered now in the place of what was answered then: where a finding is kept. */
function repeated({ told, result }: Answer, request: object): unknown {
  const instead = new Map<unknown, unknown>();
  for (const { field, args, returned } of told) {
    const call: (...args: unknown[]) => unknown = Reflect.get(request, field);
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
