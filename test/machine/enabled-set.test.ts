import { describe, expect, it } from 'vitest';
import {
  AGENT_KINDS,
  agentOf,
  BUFFER_AGENT,
  CPU_AGENT,
  HOST_AGENT,
  LINE_AGENT,
  PREEMPT_AGENT,
  SERVICE_AGENT,
  WALKER_AGENT,
} from '../../src/machine/agents.js';
import { EnabledSet } from '../../src/machine/enabled-set.js';

describe('the set of enabled agents', () => {
  it('holds each agent once, in a list without gaps', () => {
    const set = new EnabledSet(4 * AGENT_KINDS);
    const mirror = new Set<number>();
    let state = 1;
    for (let i = 0; i < 2000; i++) {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      const agent = (state >>> 16) % (4 * AGENT_KINDS);
      if ((state >>> 8) % 2 === 0) {
        set.add(agent);
        mirror.add(agent);
      } else {
        set.remove(agent);
        mirror.delete(agent);
      }
      expect([...set.list.subarray(0, set.count)].sort((a, b) => a - b)).toEqual(
        [...mirror].sort((a, b) => a - b),
      );
      expect(set.obligations).toBe(
        [...mirror].filter((a) => ![WALKER_AGENT, PREEMPT_AGENT].includes(a % AGENT_KINDS)).length,
      );
      for (let a = 0; a < 4 * AGENT_KINDS; a++) expect(set.has(a)).toBe(mirror.has(a));
    }
  });

  it('counts the environment as no obligation', () => {
    const set = new EnabledSet(2 * AGENT_KINDS);
    set.add(agentOf(1, WALKER_AGENT));
    set.add(agentOf(1, PREEMPT_AGENT));
    expect([set.count, set.obligations]).toEqual([2, 0]);
    for (const kind of [CPU_AGENT, BUFFER_AGENT, LINE_AGENT, HOST_AGENT, SERVICE_AGENT])
      set.add(agentOf(1, kind));
    expect([set.count, set.obligations]).toEqual([7, 5]);
    set.clear();
    expect([set.count, set.obligations, set.has(agentOf(1, LINE_AGENT))]).toEqual([0, 0, false]);
  });
});
