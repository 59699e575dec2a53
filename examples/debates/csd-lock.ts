import { type PlainCpu, type Protocol, plainProgram } from 'shootdown';

/**
 * csd_lock tests a csd's flag and sets it by two instructions. That is enough as long as nobody else takes
 * the same csd: one on the caller's stack is its own. Under CSD lock debugging a kernel of 2026
 * (b0473dcd4b1d) has a waiting smp_call_function_single use the CPU's csd instead, and an interrupt between
 * test and set can take it too; the fix came in June 2026.
 *
 *     shootdown verify examples/debates/csd-lock.ts
 *
 * looks at every execution of four ways. CPU 0 asks CPU 1 for function 1 and waits; CPU 2 interrupts it, and
 * the handler asks CPU 1 for function 2 by the same csd. What it shows is the shape; the two commits' texts
 * were not at hand.
 */

const LOCK = 1;
/** The csd's name in CPU 1's queue. */
const CSD = 1;

const words = { flags: 0, func: 0, next: 0, queue: 0, ran: [0, 0, 0], asked: 0, interrupted: 0 };
type At = Readonly<Record<keyof typeof words, number>>;
type Part = (cpu: PlainCpu, at: At) => Protocol<void>;

/** `csd_lock`: csd_lock_wait, and then the flag. */
function* testThenSet(cpu: PlainCpu, at: At): Protocol<void> {
  yield* cpu.condLoadAcquire(at.flags, LOCK, 0);
  yield* cpu.writeOnce(at.flags, LOCK);
}

/** Both at once, by a locked instruction. */
function* testAndSet(cpu: PlainCpu, at: At): Protocol<void> {
  for (;;) {
    yield* cpu.condLoadAcquire(at.flags, LOCK, 0);
    if ((yield* cpu.fetchOr(at.flags, LOCK)) === 0) return;
  }
}

/** Fills the csd and adds it to the target's queue, which sends an IPI where it was empty. */
function* queue(cpu: PlainCpu, at: At, func: number): Protocol<void> {
  yield* cpu.writeOnce(at.func, func);
  for (;;) {
    const first = yield* cpu.readOnce(at.queue);
    yield* cpu.writeOnce(at.next, first);
    if ((yield* cpu.cmpxchg(at.queue, first, CSD)) === first) {
      if (first === 0) yield* cpu.sendIpi(1);
      return;
    }
  }
}

/** CPU 1's handler: the whole queue; each csd is unlocked when its function has run. */
function* serve(cpu: PlainCpu, at: At): Protocol<void> {
  let entry = yield* cpu.xchg(at.queue, 0);
  for (let served = 0; entry !== 0; served++) {
    yield* cpu.assert(served === 0, 'the only csd stands in the queue twice: the list has no end');
    entry = yield* cpu.readOnce(at.next);
    const func = yield* cpu.readOnce(at.func);
    const ran = yield* cpu.peek(at.ran + func);
    yield* cpu.poke(at.ran + func, ran + 1);
    yield* cpu.storeRelease(at.flags, 0);
  }
}

/** `waits`: the handler on CPU 0 waits for the csd; else it asks only where it finds it free. */
const interrupt = (lock: Part, waits: boolean) =>
  function* handle(cpu: PlainCpu, at: At): Protocol<void> {
    if (cpu.id === 1) yield* serve(cpu, at);
    else {
      yield* cpu.writeOnce(at.interrupted, 1);
      const flags = waits ? 0 : yield* cpu.readOnce(at.flags);
      if (flags === 0) {
        yield* cpu.poke(at.asked, 1);
        yield* lock(cpu, at);
        yield* queue(cpu, at, 2);
      }
    }
    yield* cpu.iret();
  };

function* idle(cpu: PlainCpu, at: At): Protocol<void> {
  yield* cpu.condLoadAcquire(at.interrupted, -1, 1);
}

function* interruptCpu0(cpu: PlainCpu): Protocol<void> {
  yield* cpu.sendIpi(0);
}

/** smp_call_function_single with wait. */
const program = (name: string, lock: Part, { waits = false, irqsOff = false } = {}) =>
  plainProgram({
    name,
    words,
    cpus: [
      function* callAndWait(cpu, at) {
        if (irqsOff) yield* cpu.localIrqDisable();
        yield* lock(cpu, at);
        yield* queue(cpu, at, 1);
        if (irqsOff) yield* cpu.localIrqEnable();
        yield* cpu.condLoadAcquire(at.flags, LOCK, 0);
      },
      idle,
      interruptCpu0,
    ],
    interrupt: interrupt(lock, waits),
    final: (read, at) =>
      (read(at.ran + 1) === 1 && read(at.ran + 2) === read(at.asked)) ||
      `function 1 ran ${read(at.ran + 1)} times, function 2 ${read(at.ran + 2)} times`,
  });

/** The interrupt finds the csd free between the two, uses it, and is overwritten: a function is lost. */
export const testedThenSet = program('csd-tested-then-set', testThenSet);

/** Nobody takes what somebody has. */
export const testedAndSet = program('csd-tested-and-set', testAndSet);

/** But who waits for it in an interrupt may wait for what the interrupted code has taken and not queued. */
export const waitedFor = program('csd-waited-for-in-interrupt', testAndSet, { waits: true });

/** Interrupts off from the test to the queue: then the handler may wait, and two instructions do. */
export const withIrqsOff = program('csd-with-irqs-off', testThenSet, { waits: true, irqsOff: true });
