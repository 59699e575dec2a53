import { describe, expect, it } from 'vitest';
import { chooseShard, shardFlag } from '../../../../src/cli/commands/hunt/shard.js';

const slurm = (id: string, more = {}) => ({
  ...{
    SLURM_ARRAY_TASK_ID: id,
    SLURM_ARRAY_TASK_MIN: '10',
    SLURM_ARRAY_TASK_MAX: '16',
    SLURM_ARRAY_TASK_STEP: '2',
  },
  ...{ SLURM_ARRAY_TASK_COUNT: '4', ...more },
});
const gitlab = (index: string, total = '4') => ({ CI_NODE_INDEX: index, CI_NODE_TOTAL: total });

describe('--shard', () => {
  it('takes I/N, auto and auto/N', () => {
    expect(shardFlag('1/1')).toEqual({ index: 1, of: 1 });
    expect(shardFlag('4096/4096')).toEqual({ index: 4096, of: 4096 });
    expect(shardFlag('auto')).toEqual({ auto: true, of: null });
    expect(shardFlag('auto/8')).toEqual({ auto: true, of: 8 });
  });

  it.each([
    '',
    '0/4',
    '5/4',
    '1/0',
    '1',
    '1/4097',
    '-1/4',
    '1.5/4',
    '1/4/4',
    'auto/0',
    'auto/4097',
    'auto/',
    'AUTO',
    '1/4 ',
    '９/９',
  ])('refuses %j', (text) => {
    expect(() => shardFlag(text)).toThrow(/^--shard: ".*" is not I\/N with 1 <= I <= N <= 4096; give one/);
  });

  it('goes before the environment', () => {
    expect(chooseShard(shardFlag('2/3'), { ...gitlab('x'), ...slurm('y') })).toEqual({
      shard: { index: 2, of: 3 },
      notice: null,
    });
  });

  it.each([
    ['auto', gitlab('1'), 1, 4],
    ['auto', gitlab('4'), 4, 4],
    ['auto', slurm('10'), 1, 4],
    ['auto', slurm('16'), 4, 4],
    ['auto', { SLURM_ARRAY_TASK_ID: '3', SLURM_ARRAY_TASK_MIN: '1', SLURM_ARRAY_TASK_COUNT: '5' }, 3, 5],
    ['auto/6', { JOB_COMPLETION_INDEX: '0' }, 1, 6],
    ['auto/6', { JOB_COMPLETION_INDEX: '5' }, 6, 6],
    ['auto/9', gitlab('3'), 3, 9],
  ])('%s of %j', (flag, env, index, of) => {
    expect(chooseShard(shardFlag(flag), env)).toEqual({ shard: { index, of }, notice: null });
  });

  it.each<[string, Record<string, string>, RegExp]>([
    [
      'auto',
      {},
      /^--shard auto: none of JOB_COMPLETION_INDEX, SLURM_ARRAY_TASK_ID, CI_NODE_INDEX is set; give --shard I\/N/,
    ],
    ['auto', { JOB_COMPLETION_INDEX: '' }, /none of/],
    [
      'auto',
      { JOB_COMPLETION_INDEX: '2' },
      /JOB_COMPLETION_INDEX does not say of how many; give --shard auto\/N/,
    ],
    ['auto/2', { JOB_COMPLETION_INDEX: '2' }, /^JOB_COMPLETION_INDEX: says shard 3 of 2, which is none/],
    ['auto', gitlab('0'), /^CI_NODE_INDEX: says shard 0 of 4/],
    ['auto', gitlab('5'), /^CI_NODE_INDEX: says shard 5 of 4/],
    ['auto', gitlab('two'), /^CI_NODE_INDEX: "two" is not a whole number; .*--shard 1\/1 for the whole hunt/],
    ['auto', gitlab('2', '-4'), /^CI_NODE_TOTAL: "-4" is not a whole number/],
    ['auto', slurm('11'), /^SLURM_ARRAY_TASK_ID: 11 is not 10 and a multiple of 2/],
    ['auto', slurm('8'), /^SLURM_ARRAY_TASK_ID: 8 is not 10 and a multiple of 2/],
    [
      'auto',
      slurm('10', { SLURM_ARRAY_TASK_STEP: '0' }),
      /^SLURM_ARRAY_TASK_ID: 10 is not 10 and a multiple of 0/,
    ],
    [
      'auto',
      { ...slurm('10'), ...gitlab('1') },
      /^SLURM_ARRAY_TASK_ID and CI_NODE_INDEX are both set, and either may count; give --shard I\/N$/,
    ],
  ])('%s of %j is refused', (flag, env, message) => {
    expect(() => chooseShard(shardFlag(flag), env)).toThrow(message);
  });

  it('without the flag believes an environment that says both, and tells', () => {
    expect(chooseShard(undefined, {})).toEqual({ shard: undefined, notice: null });
    expect(chooseShard(undefined, { CI_NODE_TOTAL: '1' })).toEqual({ shard: undefined, notice: null });
    expect(chooseShard(undefined, gitlab('2'))).toEqual({
      shard: { index: 2, of: 4 },
      notice: 'shard 2 of 4, as CI_NODE_INDEX says; --shard 1/1 does the whole hunt',
    });
    const { shard, notice } = chooseShard(undefined, { JOB_COMPLETION_INDEX: '3' });
    expect(shard).toBeUndefined();
    expect(notice).toMatch(
      /^JOB_COMPLETION_INDEX is set, and nothing says of how many: the whole hunt is done/,
    );
    expect(() => chooseShard(undefined, gitlab('x'))).toThrow(/^CI_NODE_INDEX/);
  });
});
