import type { Protocol } from '../machine/protocol.js';
import type { KernelCpu } from './kernel-cpu.js';

/**
 * A reader-writer semaphore (mmap_lock, anon_vma lock) in one word: 0 free, n > 0 readers, -1 a writer. A
 * task that must wait sleeps in the kernel; here its CPU waits with interrupts on.
 *
 * Unlike a spinlock's, its unlocks are locked operations on x86 (`atomic_long_fetch_add_release`): nothing
 * stays buffered behind them.
 */
const SIGN = -0x80000000;

/** `down_read`: waits until no writer has it. */
export function* downRead(cpu: KernelCpu, lock: number): Protocol<void> {
  for (;;) {
    const readers = yield* cpu.condLoadAcquire(lock, SIGN, 0);
    const seen = yield* cpu.cmpxchg(lock, readers, readers + 1);
    if (seen === readers) return;
  }
}

/** `up_read`; readers are counted down, locked. */
export function* upRead(cpu: KernelCpu, lock: number): Protocol<void> {
  yield* cpu.fetchAdd(lock, -1);
}

/** `down_write`: waits until nobody has it. */
export function* downWrite(cpu: KernelCpu, lock: number): Protocol<void> {
  for (;;) {
    yield* cpu.condLoadAcquire(lock, -1, 0);
    const seen = yield* cpu.cmpxchg(lock, 0, -1);
    if (seen === 0) return;
  }
}

/** `up_write`: free, locked. */
export function* upWrite(cpu: KernelCpu, lock: number): Protocol<void> {
  yield* cpu.fetchAdd(lock, 1);
}

/** `downgrade_write`. */
export function* downgradeWrite(cpu: KernelCpu, lock: number): Protocol<void> {
  yield* cpu.fetchAdd(lock, 2);
}
