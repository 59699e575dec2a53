import type { Machine } from '../machine/machine.js';
import type { Violation } from '../machine/violation.js';

/**
 * Deadlock, livelock and a false final assertion show at the end of the schedule, not in a step. Answers the words that the assertion
 * looked at, in order.
 */
export function judgeEnd(machine: Machine, expected: Violation): readonly number[] {
  if (machine.violation !== null) return [];
  const stuck = machine.cpus.filter((cpu) => !cpu.finished);
  if (expected.class === 'deadlock' && machine.enabled.obligations === 0 && stuck.length > 0)
    machine.report('deadlock', stuck[0].id, expected.message);
  else if (expected.class === 'livelock' && stuck.length > 0) machine.report('livelock', expected.cpu, expected.message);
  else if (machine.finished) {
    const words = new Set<number>();
    const wrong = machine.program.check(watched(machine, words));
    if (wrong !== null) machine.report('assertion', 0, wrong);
    return [...words];
  }
  return [];
}

/** The machine, with a memory that notes which words are read. */
function watched(machine: Machine, words: Set<number>): Machine {
  const mem = new Proxy(machine.mem, {
    get(target, key) {
      if (typeof key === 'string' && /^\d+$/.test(key)) words.add(Number(key));
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return Object.create(machine, { mem: { value: mem } });
}
