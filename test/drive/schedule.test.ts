import { describe, expect, it } from 'vitest';
import { decodeSchedule, encodeSchedule, parseEntry, Schedule } from '../../src/drive/schedule.js';
import { Random } from '../../src/explore/random.js';
import {
  AGENT_KINDS,
  AGENTS,
  agentOf,
  BUFFER_AGENT,
  CPU_AGENT,
  cpuOfAgent,
  HOST_AGENT,
  kindOfAgent,
  LINE_AGENT,
  PREEMPT_AGENT,
  SERVICE_AGENT,
  tracedAgent,
  WALKER_AGENT,
} from '../../src/machine/agents.js';

describe('the text of a schedule', () => {
  it('names agents and choices, and counts runs', () => {
    const decisions = [
      ...Array<number>(12).fill(agentOf(0, CPU_AGENT)),
      agentOf(1, BUFFER_AGENT),
      agentOf(1, LINE_AGENT),
      -1 - 3,
      agentOf(1, WALKER_AGENT),
      agentOf(1, WALKER_AGENT),
      -1,
      -1,
      agentOf(63, CPU_AGENT),
      agentOf(2, PREEMPT_AGENT),
      agentOf(2, HOST_AGENT),
      agentOf(2, SERVICE_AGENT),
    ];
    // Choices are never runs: each is an answer of its own.
    const tokens = ['0*12', '1b', '1i', '=3', '1w*2', '=0', '=0', '63', '2p', '2h', '2r'];
    expect(encodeSchedule(decisions)).toEqual(tokens);
    expect(decodeSchedule(tokens)).toEqual(decisions);
  });

  it('is empty for nothing', () => {
    expect(encodeSchedule([])).toEqual([]);
    expect(decodeSchedule([])).toEqual([]);
  });

  it('comes back from text, whatever the decisions', () => {
    const random = new Random();
    for (let i = 0; i < 200; i++) {
      random.seed(1, 1, i);
      const decisions: number[] = [];
      while (decisions.length < 100) {
        const decision =
          random.below(4) === 0
            ? -1 - random.below(9)
            : agentOf(random.below(256), random.below(AGENTS.length));
        for (let times = random.below(3); times >= 0; times--) decisions.push(decision);
      }
      expect(decodeSchedule(encodeSchedule(decisions))).toEqual(decisions);
    }
  });

  it.each([
    '',
    ' ',
    'b',
    '0x',
    '0*',
    '0**2',
    '0*-1',
    '*3',
    '=',
    '=-1',
    '=1*2',
    '-1',
    '0 1',
    '1bb',
    '1B',
    '0*12345678',
    '1234',
    '=1234567',
    '0.5',
    '0\n',
  ])('refuses %j and says what it wants', (token) => {
    expect(() => decodeSchedule(['0', token])).toThrow(
      /^schedule\[1\]: ".*" is no decision; expected e\.g\. "0\*12", "1b", "1i", "1w" or "=3"$/s,
    );
  });

  it('says which token, on one line, and does not repeat a long one', () => {
    expect(() => decodeSchedule(['0', '1', 'y'.repeat(500)])).toThrow(
      `schedule[2]: "${'y'.repeat(20)}" is no decision; expected e.g. "0*12", "1b", "1i", "1w" or "=3"`,
    );
  });

  it('refuses a run that nobody could have recorded, before it is made', () => {
    expect(() => decodeSchedule(['0*5000001'])).toThrow('schedule[0]: more than 5000000 decisions');
    expect(() => decodeSchedule(['0*4999999', '1', '2'])).toThrow('schedule[2]: more than 5000000 decisions');
  });
});

describe('kinds of agents', () => {
  it('have numbers, letters and room as findings and trace hashes know them', () => {
    expect(AGENTS.map(({ number }) => number)).toEqual(AGENTS.map((_, index) => index));
    expect(AGENTS.map(({ letter }) => letter)).toEqual(['', 'b', 'i', 'w', 'h', 'r', 'p', 'v', 'm']);
    expect(AGENT_KINDS).toBeGreaterThan(8);
    for (const cpu of [0, 1, 63, 255])
      for (const { number } of AGENTS) {
        if (number < 8) expect(tracedAgent(agentOf(cpu, number))).toBe(cpu * 8 + number);
        expect([cpuOfAgent(agentOf(cpu, number)), kindOfAgent(agentOf(cpu, number))]).toEqual([cpu, number]);
      }
  });

  it('beyond the first eight are told apart in trace hashes too', () => {
    const all = [0, 1, 2, 255].flatMap((cpu) =>
      Array.from({ length: AGENT_KINDS }, (_, kind) => tracedAgent(agentOf(cpu, kind))),
    );
    expect(new Set(all).size).toBe(all.length);
  });

  it('are read by their letters', () => {
    expect(parseEntry('7p*3')).toEqual({ cpu: 7, kind: PREEMPT_AGENT, times: 3 });
    expect(parseEntry('=4')).toEqual({ choice: 4 });
    expect([parseEntry('1x'), parseEntry('1*0')]).toEqual([null, null]);
  });
});

describe('a schedule in memory', () => {
  it('grows, keeps order, and starts again', () => {
    const schedule = new Schedule();
    const expected: number[] = [];
    for (let i = 0; i < 3000; i++) {
      if (i % 3 === 0) schedule.choice(i);
      else schedule.pick(i);
      expected.push(i % 3 === 0 ? -1 - i : i);
    }
    expect(schedule.toArray()).toEqual(expected);
    expect([schedule.length, schedule.at(0), schedule.at(2999)]).toEqual([3000, -1, 2999]);
    schedule.clear();
    schedule.pick(7);
    expect(schedule.toArray()).toEqual([7]);
    expect(Schedule.of([1, -2]).toArray()).toEqual([1, -2]);
  });
});
