/**
 * `--shard`: which part of a hunt is this process's. `i/n` says so; `auto` asks the environment that started
 * it, and `auto/n` does so where that does not say how many there are. Without the flag the environment is
 * believed only where it says both, and stderr is told: a job that somebody runs in parallel to hunt more
 * must not do the same executions n times.
 */

import { SHARDS_MAX, type Shard } from '../../../explore/shard.js';
import { InputError } from '../../../vocabulary/errors.js';
import { quoted } from '../../flag-values.js';

type Env = Readonly<Record<string, string | undefined>>;

/** What `--shard` may say. */
export type ShardFlag = Shard | { readonly auto: true; readonly of: number | null };

export function shardFlag(text: string): ShardFlag {
  const auto = /^auto(?:\/(\d{1,7}))?$/.exec(text);
  if (auto !== null) {
    const of = auto[1] === undefined ? null : Number(auto[1]);
    if (of === null || (of >= 1 && of <= SHARDS_MAX)) return { auto: true, of };
  }
  const given = /^(\d{1,7})\/(\d{1,7})$/.exec(text);
  const [index, of] = [Number(given?.[1]), Number(given?.[2])];
  if (given !== null && of <= SHARDS_MAX && index >= 1 && index <= of) return { index, of };
  throw new InputError(
    `--shard: ${quoted(text)} is not I/N with 1 <= I <= N <= ${SHARDS_MAX}`,
    'give one such as --shard 2/8, or auto, or auto/8',
  );
}

/** What one system says: our place from 0, and of how many, where it tells. */
interface Told {
  readonly variable: string;
  readonly index: number;
  readonly of: number | null;
}

/** The systems whose variables are known. A value that is no whole number throws. */
const SYSTEMS: readonly ((env: Env) => Told | null)[] = [
  // Kubernetes, an indexed Job: from 0, and no total.
  (env) => {
    const index = whole(env, 'JOB_COMPLETION_INDEX');
    return index === null ? null : { variable: 'JOB_COMPLETION_INDEX', index, of: null };
  },
  // Slurm, a job array: ids from MIN in steps of STEP, COUNT of them.
  (env) => {
    const id = whole(env, 'SLURM_ARRAY_TASK_ID');
    if (id === null) return null;
    const min = whole(env, 'SLURM_ARRAY_TASK_MIN') ?? 0;
    const step = whole(env, 'SLURM_ARRAY_TASK_STEP') ?? 1;
    const index = (id - min) / step;
    if (!Number.isInteger(index) || index < 0)
      throw new InputError(
        `SLURM_ARRAY_TASK_ID: ${id} is not ${min} and a multiple of ${step} (MIN and STEP)`,
        'give --shard I/N',
      );
    return { variable: 'SLURM_ARRAY_TASK_ID', index, of: whole(env, 'SLURM_ARRAY_TASK_COUNT') };
  },
  // GitLab, `parallel: N`: from 1. The total is there in every job, the index only in parallel ones.
  (env) => {
    const index = whole(env, 'CI_NODE_INDEX');
    return index === null
      ? null
      : { variable: 'CI_NODE_INDEX', index: index - 1, of: whole(env, 'CI_NODE_TOTAL') };
  },
];

function whole(env: Env, variable: string): number | null {
  const text = env[variable];
  if (text === undefined || text === '') return null;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InputError(
    `${variable}: ${quoted(text)} is not a whole number`,
    'set it to one, or give --shard I/N (--shard 1/1 for the whole hunt)',
  );
}

export interface ChosenShard {
  readonly shard: Shard | undefined;
  /** To say on stderr: the environment decided, or could not. */
  readonly notice: string | null;
}

/** The shard of this process. */
export function chooseShard(flag: ShardFlag | undefined, env: Env): ChosenShard {
  if (flag !== undefined && !('auto' in flag)) return { shard: flag, notice: null };
  const told = SYSTEMS.flatMap((system) => system(env) ?? []);
  if (told.length > 1)
    throw new InputError(
      `${told.map(({ variable }) => variable).join(' and ')} are both set, and either may count`,
      'give --shard I/N',
    );
  const [only] = told;
  if (only === undefined) {
    if (flag === undefined) return { shard: undefined, notice: null };
    throw new InputError(
      '--shard auto: none of JOB_COMPLETION_INDEX, SLURM_ARRAY_TASK_ID, CI_NODE_INDEX is set',
      'give --shard I/N, such as --shard 1/4',
    );
  }
  const of = flag?.of ?? only.of;
  if (of === null) {
    const variable = only.variable;
    if (flag !== undefined)
      throw new InputError(`--shard auto: ${variable} does not say of how many`, 'give --shard auto/N');
    return {
      shard: undefined,
      notice:
        `${variable} is set, and nothing says of how many: the whole hunt is done; --shard ` +
        'auto/N shares it',
    };
  }
  const shard = { index: only.index + 1, of };
  if (of < 1 || of > SHARDS_MAX || shard.index < 1 || shard.index > of)
    throw new InputError(
      `${only.variable}: says shard ${shard.index} of ${of}, which is none (at most ${SHARDS_MAX})`,
      'give --shard I/N',
    );
  if (flag !== undefined) return { shard, notice: null };
  return {
    shard,
    notice: `shard ${shard.index} of ${of}, as ${only.variable} says; --shard 1/1 does the whole hunt`,
  };
}
