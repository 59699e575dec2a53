import { type PlainCpu, type PlainProgram, type Protocol, plainProgram } from 'shootdown';
import { type Bell, type BellOps, ringBell, sleepOnBell } from '../src/programs/doorbell.js';
import { ModelThread } from './model-thread.js';

/**
 * The stress engine's own doorbell as a plain shared-memory program: one CPU consumes what two others
 * produce, and sleeps on its bell when there is nothing. The explorer hunts it for lost wake-ups (a deadlock)
 * and for a count of awake CPUs that leaks (an assertion).
 *
 * `sleepOnBell` and `ringBell` are the very text that stress runs execute.
 */

/** How the consumer sleeps and how a producer publishes: the real ones, or a planted fault. */
export interface DoorbellParts {
  readonly sleep: (ops: BellOps, bell: Bell) => Protocol<void>;
  readonly publish: (cpu: PlainCpu, pending: number) => Protocol<void>;
}

/** A producer's request is set by a locked operation, as interrupts in flight are. */
export function* publishLocked(cpu: PlainCpu, pending: number): Protocol<void> {
  yield* cpu.fetchOr(pending, 1 << cpu.id);
}

/** Planted: the announcement is not followed by another look for a reason. */
export function* sleepWithoutRecheck(ops: BellOps, bell: Bell): Protocol<void> {
  yield* ops.exchange(bell.sleep, 1);
  yield* ops.add(bell.awake, -1);
  yield* ops.sleepWhile(bell.sleep);
  const announced = yield* ops.exchange(bell.sleep, 0);
  if (announced === 1) yield* ops.add(bell.awake, 1);
}

/** Planted: the request is still in the store buffer when the ringer looks for a sleeper. */
export function* publishBuffered(cpu: PlainCpu, pending: number): Protocol<void> {
  const seen = yield* cpu.readOnce(pending);
  yield* cpu.writeOnce(pending, seen | (1 << cpu.id));
}

/** One consumer (CPU 0) and `producers` others, each with one request. */
export function doorbellProgram(
  name: string,
  parts: Partial<DoorbellParts> = {},
  producers = 2,
): PlainProgram {
  const sleep = parts.sleep ?? sleepOnBell;
  const publish = parts.publish ?? publishLocked;
  const wanted = ((1 << producers) - 1) << 1;
  return plainProgram({
    name,
    words: { pending: 0, awake: producers + 1, served: 0 },
    pairs: { sleep: [0, 0] },
    cpus: [
      function* (cpu, at) {
        const ops = new ModelThread(cpu, at.pending);
        let served = 0;
        while (served !== wanted) {
          const taken = yield* cpu.xchg(at.pending, 0);
          served = served | taken;
          if (taken === 0) yield* sleep(ops, { sleep: at.sleep, awake: at.awake });
        }
        yield* cpu.writeOnce(at.served, served);
      },
      ...Array.from(
        { length: producers },
        () =>
          function* (
            cpu: PlainCpu,
            at: Readonly<Record<'pending' | 'awake' | 'served' | 'sleep', number>>,
          ): Protocol<void> {
            yield* publish(cpu, at.pending);
            yield* ringBell(new ModelThread(cpu, at.pending), { sleep: at.sleep, awake: at.awake });
          },
      ),
    ],
    final: (read, at) => {
      if (read(at.served) !== wanted) return `served ${read(at.served)}, not ${wanted}`;
      return (
        read(at.awake) === producers + 1 || `${read(at.awake)} CPUs are counted awake, not ${producers + 1}`
      );
    },
  }) as unknown as PlainProgram;
}

/** Two producers and the consumer: what is hunted and proved by this file's name. */
export const doorbell = doorbellProgram('doorbell');
