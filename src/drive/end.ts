import type { Machine } from '../machine/machine.js';

/**
 * How an execution ended, judged here only. Violations of oracles and assertions in the code end it in a
 * step; a deadlock, a livelock and a false final assertion show when nothing more is decided.
 */

/**
 * Reports what is wrong with an execution that has come to its end. `isFairlyOver`: whoever could move has
 * moved, for long and in turn, so that what has not ended makes no progress; without it, an execution that
 * could go on is just not over. Answers whether it is over.
 */
export function judgeEnd(machine: Machine, isFairlyOver = false): boolean {
  return judge(machine, isFairlyOver, machine);
}

/** As judgeEnd; answers the addresses of the words that the final assertion looked at, in order. */
export function judgeEndWatched(machine: Machine, isFairlyOver: boolean): readonly number[] {
  const words = new Set<number>();
  judge(machine, isFairlyOver, watched(machine, words));
  return [...words];
}

/** `seen`: the machine as the final assertion sees it. */
function judge(machine: Machine, isFairlyOver: boolean, seen: Machine): boolean {
  if (machine.violation !== null) return true;
  if (machine.enabled.obligations === 0) {
    if (machine.unfinished > 0) reportStuck(machine, false);
    else {
      const wrong = machine.program.check(seen);
      if (wrong !== null) machine.report({ class: 'assertion', cpu: 0, text: wrong });
    }
    return true;
  }
  if (isFairlyOver) reportStuck(machine, true);
  return isFairlyOver;
}

function reportStuck(machine: Machine, canMove: boolean): void {
  const waiting = machine.waits.unfinished();
  if (canMove) machine.report({ class: 'livelock', cpu: 0, steps: machine.step, waiting });
  else machine.report({ class: 'deadlock', cpu: waiting[0].cpu, waiting });
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
