import { describe, expect, it } from 'vitest';
import { controlWords, cpuBlock, FREE_TOKENS, RUN, RUN_RUNNING, STOP } from '../../src/stress/control.js';
import { RunToken } from '../../src/stress/run-token.js';

/** Tokens are neither lost nor made. On one thread, with the run over: whoever would wait for a token returns without one. */

function machine(cpus: number, tokens: number) {
  const words = new Int32Array(new SharedArrayBuffer(4 * controlWords(cpus)));
  words[FREE_TOKENS] = tokens;
  words[STOP] = 1;
  const hosts = Array.from({ length: cpus }, (_, cpu) => new RunToken(words, cpus, cpu));
  const running = (): number => hosts.filter((_, cpu) => words[cpuBlock(cpu) + RUN] === RUN_RUNNING).length;
  return { words, hosts, running };
}

describe('the run token', () => {
  it('of a CPU that was rung before its thread came is kept', () => {
    const { words, hosts, running } = machine(3, 2);
    hosts[0].enter();
    hosts[0].ring(1);
    expect([words[FREE_TOKENS], running()]).toEqual([0, 2]);
    hosts[1].enter();
    expect([words[FREE_TOKENS], running()]).toEqual([0, 2]);
    // A CPU that blocks hands its token to the next one that is rung.
    hosts[1].block(() => true);
    expect([words[FREE_TOKENS], running()]).toEqual([0, 2]);
  });

  it('is kept by a CPU that nobody else wants it from', () => {
    const { words, hosts, running } = machine(2, 1);
    hosts[0].enter();
    hosts[0].pass(false);
    expect([words[FREE_TOKENS], running()]).toEqual([0, 1]);
  });
});
