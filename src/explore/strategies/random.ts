import { BUFFER_AGENT, isBehind, kindOfAgent, NATIVE_KINDS } from '../../machine/agents.js';
import type { EnabledSet } from '../../machine/enabled-set.js';
import type { Random } from '../random.js';
import type { Strategy, StrategyInfo } from './strategy.js';

/**
 * Picks at random, with a stickiness drawn per execution: the running agent goes on with probability 0, 0.9
 * or 0.97. Uniform picking alone practically never meets a window ten steps long that must stay open while
 * another CPU takes ten steps. In half of the executions store buffers are slow: a drain that was drawn is
 * drawn again seven times out of eight, so that a store stays invisible for long. The same for hosts, so that
 * a virtual CPU stays out for long, and for broadcast invalidations.
 */

/** Probabilities in 1/1024. */
const STICKINESS = [0, 922, 993];

class RandomStrategy implements Strategy {
  readonly name = 'random';
  private random!: Random;
  private sticky = 0;
  private slowBuffers = false;
  private slowHosts = false;

  begin(random: Random, _agents: number, _length: number, kinds = NATIVE_KINDS): void {
    this.random = random;
    this.sticky = STICKINESS[random.below(STICKINESS.length)];
    this.slowBuffers = random.below(2) === 0;
    this.slowHosts = kinds > NATIVE_KINDS && random.below(2) === 0;
  }

  private isSlow(kind: number): boolean {
    return (this.slowBuffers && kind === BUFFER_AGENT) || (this.slowHosts && isBehind(kind));
  }

  pick(enabled: EnabledSet, last: number): number {
    if (last >= 0 && enabled.has(last) && this.random.below(1024) < this.sticky) return last;
    const agent = enabled.list[this.random.below(enabled.count)];
    if (!this.isSlow(kindOfAgent(agent)) || this.random.below(8) === 0) return agent;
    return enabled.list[this.random.below(enabled.count)];
  }
}

export const random: StrategyInfo = {
  name: 'random',
  summary:
    'picks at random; stays with the running agent with probability 0, 0.9 or 0.97, drawn per execution',
  create: () => new RandomStrategy(),
};
