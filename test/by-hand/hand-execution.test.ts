import { describe, expect, it } from 'vitest';
import { answer, type Questions } from '../../src/by-hand/answer.js';
import {
  executeByHand,
  type HandSubject,
  searchByHand,
  type Tail,
} from '../../src/by-hand/hand-execution.js';
import { decodeSchedule, encodeSchedule } from '../../src/drive/schedule.js';
import { agentOf, BUFFER_AGENT, CPU_AGENT, WALKER_AGENT } from '../../src/machine/agents.js';
import { replayFinding } from '../../src/replay/replay-finding.js';
import type { KernelFinding } from '../../src/vocabulary/finding.js';
import { findWitness } from '../findings/witness.js';

const NOBODY: Tail = { by: 'nobody' };
const SITES = {
  kernel: () => () => ({ functions: [], place: null }),
  program: () => () => ({ functions: [], place: null }),
};
const execute = (subject: HandSubject, decisions: readonly number[], tail: Tail = NOBODY) =>
  executeByHand(subject, decisions, tail, SITES, false);

const finding = findWitness('b4') as KernelFinding;
const subject: HandSubject = finding;
const decisions = decodeSchedule(finding.schedule);

describe('an execution by hand', () => {
  const whole = execute(subject, decisions);

  it('is the recorded one where all is decided as it was, and says who could move at each step', () => {
    expect(whole).toMatchObject({ traceHash: finding.traceHash, diverged: null, able: [] });
    expect(whole.decisions).toEqual(decisions);
    expect(whole.hand).toHaveLength(finding.steps);
    for (const { decision, able } of whole.hand) expect(able).toContain(decisions[decision]);
  });

  it('goes another way from any step, and back', () => {
    const at = whole.hand.findIndex(({ able, decision }) =>
      able.some((agent) => agent % 16 === 0 && agent !== decisions[decision]),
    );
    const { decision, able } = whole.hand[at];
    const other = able.find((agent) => agent % 16 === CPU_AGENT && agent !== decisions[decision]) as number;
    const forked = execute(subject, [...decisions.slice(0, decision), other]);
    expect(forked.trace.slice(0, at)).toEqual(
      whole.trace.slice(0, at).map((step) => expect.objectContaining({ text: step.text })),
    );
    expect(forked.trace).toHaveLength(at + 1);
    expect(forked.trace[at].cpu).toBe(other >> 4);
    expect(forked).toMatchObject({ violation: null, diverged: null });
    expect(forked.able.length).toBeGreaterThan(0);
    expect(execute(subject, forked.decisions).traceHash).toBe(forked.traceHash);
  });

  it('answers a choice that nobody answered, and takes another answer', () => {
    const walker = agentOf(0, WALKER_AGENT);
    const cpu = agentOf(0, CPU_AGENT);
    const walked = execute(subject, [cpu, walker]);
    expect(walked.decisions).toEqual([cpu, walker, -1]);
    expect(walked.hand[1].choices).toEqual([{ of: subject.scenario.pages, answer: 0, decision: 2 }]);
    const other = execute(subject, [cpu, walker, -2]);
    expect(other.hand[1].choices[0].answer).toBe(1);
    expect(other.traceHash).not.toBe(walked.traceHash);
    const beyond = execute(subject, [cpu, walker, -1 - subject.scenario.pages]);
    expect(beyond.diverged).toContain('to a choice of');
  });

  it('stops where a decision is impossible, and says so', () => {
    const drained = execute(subject, [agentOf(0, BUFFER_AGENT)]);
    expect(drained).toMatchObject({ steps: 0, decisions: [], diverged: 'step 0: 0b cannot move' });
  });

  it('goes on by itself for some steps, or to the end', () => {
    const some = execute(subject, decisions.slice(0, 5), { by: 'turns', steps: 7 });
    expect(some.steps).toBe(12);
    expect(execute(subject, some.decisions)).toMatchObject({ traceHash: some.traceHash, steps: 12 });
    // Singly it is the same: everybody has a turn.
    let singly = execute(subject, decisions.slice(0, 5));
    for (let step = 0; step < 7; step++)
      singly = execute(subject, singly.decisions, { by: 'turns', steps: 1 });
    expect(singly.decisions).toEqual(some.decisions);
    const all = execute(subject, [], { by: 'turns', steps: 'all' });
    expect(all).toMatchObject({ able: [], violation: null, diverged: null });
    expect(all.trace.at(-1)?.step).toBe(all.steps - 1);
  });

  it('at random is the same for the same numbers, and meets violations', () => {
    const ofSeed = (index: number) => execute(subject, [], { by: 'random', seed: 1, index });
    expect(ofSeed(0).decisions).toEqual(ofSeed(0).decisions);
    expect(ofSeed(0).decisions).not.toEqual(ofSeed(1).decisions);
    const found = searchByHand(subject, [], 1, 2_000);
    expect(found).not.toBeNull();
    const again = execute(subject, [], { by: 'random', seed: 1, index: found?.index ?? 0 });
    expect(again.decisions).toEqual(found?.decisions);
    expect(again.violation).not.toBeNull();
  });

  it('tells how the machine stands before anybody has moved', () => {
    const none = executeByHand(subject, [], NOBODY, SITES);
    const [first] = executeByHand(subject, decisions.slice(0, 1), NOBODY, SITES).start;
    expect(none).toMatchObject({ steps: 0, trace: [], violation: null });
    expect(none.start).toHaveLength(subject.scenario.cpus);
    expect(none.start[0]).toEqual(first);
  });

  it('lets one agent move until it cannot', () => {
    const cpu = agentOf(0, CPU_AGENT);
    const three = execute(subject, [], { by: 'agent', agent: cpu, steps: 3 });
    expect(three.decisions).toEqual([cpu, cpu, cpu]);
    const all = execute(subject, [], { by: 'agent', agent: cpu, steps: 900 });
    expect(all.steps).toBeLessThan(900);
    expect(all).toMatchObject({ diverged: null });
    expect(all.able).not.toContain(cpu);
  });

  it('is a finding that a replay takes, where something goes wrong', () => {
    const ask = (tail: Tail, given: readonly number[]) =>
      answer(
        { name: 'execute', of: { subject, decisions: given, tail } },
        SITES,
      ) as Questions['execute']['answer'];
    expect(ask(NOBODY, decisions.slice(0, 3)).finding).toBeNull();
    const text = ask(NOBODY, decisions).finding ?? '';
    const kept = JSON.parse(text) as KernelFinding;
    expect(kept.schedule).toEqual(encodeSchedule(decisions));
    expect(replayFinding(kept)).toMatchObject({ reproduced: true, differences: [] });
  });

  it('tells what each possible move would do', () => {
    const before = execute(subject, decisions.slice(0, -1));
    const moves = answer(
      { name: 'moves', of: { subject, decisions: before.decisions, able: before.able } },
      SITES,
    ) as Questions['moves']['answer'];
    expect(moves.map(({ agent }) => agent)).toEqual(before.able);
    const last = moves.find(({ agent }) => agent === decisions.at(-1));
    expect(last).toMatchObject({ text: whole.trace.at(-1)?.text, isViolation: true });
    expect(moves.filter(({ isViolation }) => isViolation)).toHaveLength(1);
  });
});
