import { type PlainCpu, type Protocol, plainProgram } from 'shootdown';

/**
 * A ticket lock, and the same without the locked increment. Words are shared memory; each CPU is a generator,
 * and `yield*` stands wherever another CPU can come in between.
 *
 *     shootdown hunt examples/ticket-lock.ts
 */

const words = { nextTicket: 0, nowServing: 0, count: 0 };
type At = Readonly<Record<keyof typeof words, number>>;

/** Takes the lock's next ticket and waits for its turn; under it, a plain increment. */
function* countUnderLock(cpu: PlainCpu, at: At): Protocol<void> {
  const ticket = yield* cpu.fetchAdd(at.nextTicket, 1);
  yield* cpu.condLoadAcquire(at.nowServing, -1, ticket);
  const count = yield* cpu.readOnce(at.count);
  yield* cpu.writeOnce(at.count, count + 1);
  yield* cpu.storeRelease(at.nowServing, ticket + 1);
}

/** The mistake: reading and writing the ticket are two steps, so two CPUs can hold the same one. */
function* countWithoutAtomicTicket(cpu: PlainCpu, at: At): Protocol<void> {
  const ticket = yield* cpu.readOnce(at.nextTicket);
  yield* cpu.writeOnce(at.nextTicket, ticket + 1);
  yield* cpu.condLoadAcquire(at.nowServing, -1, ticket);
  const count = yield* cpu.readOnce(at.count);
  yield* cpu.writeOnce(at.count, count + 1);
  yield* cpu.storeRelease(at.nowServing, ticket + 1);
}

const everyoneCounted = (read: (address: number) => number, at: At): boolean | string =>
  read(at.count) === 3 || `three CPUs counted, and the count is ${read(at.count)}`;

export const ticketLock = plainProgram({
  name: 'ticket-lock',
  words,
  cpus: [countUnderLock, countUnderLock, countUnderLock],
  final: everyoneCounted,
});

export const brokenTicketLock = plainProgram({
  name: 'ticket-lock-broken',
  words,
  cpus: [countWithoutAtomicTicket, countWithoutAtomicTicket, countWithoutAtomicTicket],
  final: everyoneCounted,
});
