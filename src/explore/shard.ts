/**
 * Part of a hunt that several machines share: shard `index` of `of`, from 1.
 *
 * Of each scenario's executions 0, 1, 2, ... the shards take blocks in turn, a block being as long as there
 * are strategies. So
 * - an execution keeps its number, and stays a function of (version, seed, number): a witness of any shard is
 *   the one that a hunt without
 *   shards meets at that number, and a finding need not know of shards;
 * - every shard has every strategy equally often, which taking every n-th execution would not give (with
 *   three shards and three
 *   strategies each shard would have one);
 * - n shards that do k executions of a scenario each have together done the executions 0 to n * k - 1, where
 *   k is a multiple of the block.
 * An offset for each shard would need to know how far the others go.
 */
export interface Shard {
  /** From 1 to `of`. */
  readonly index: number;
  readonly of: number;
}

/** Most shards: with the most executions that a hunt may be asked for, numbers stay exact integers. */
export const SHARDS_MAX = 4_096;

/** The number of a shard's j-th execution of a scenario, from 0. */
export function executionOf(j: number, shard: Shard | undefined, strategies: number): number {
  if (shard === undefined) return j;
  const inBlock = j % strategies;
  const block = (j - inBlock) / strategies;
  return (block * shard.of + shard.index - 1) * strategies + inBlock;
}
