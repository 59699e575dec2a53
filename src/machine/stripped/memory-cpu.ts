import * as K from '../op-kinds.js';
import { loadWord } from './access.js';
import { InterruptibleCpu } from './interruptible-cpu.js';

/**
 * Operations on words. Loads are atomic: a plain MOV on x86, which no compiler may keep in a register or
 * move. Plain stores stay plain, so that the computer's store buffer is the real one. See access.ts and
 * locked.ts.
 */
export abstract class MemoryCpu extends InterruptibleCpu {
  readOnce(address: number): number {
    this.boundary();
    const value = loadWord(this.locked, address);
    this.note(K.OP_READ_ONCE, address, value);
    return value;
  }
  writeOnce(address: number, value: number): number {
    this.boundary();
    this.put(address, value);
    this.machine.committed(this.id, address, value);
    this.note(K.OP_WRITE_ONCE, address, 0);
    this.runner.stored(this.id, address);
    return 0;
  }
  loadAcquire(address: number): number {
    this.boundary();
    const value = loadWord(this.locked, address);
    this.note(K.OP_LOAD_ACQUIRE, address, value);
    return value;
  }
  storeRelease(address: number, value: number): number {
    this.boundary();
    this.put(address, value);
    this.note(K.OP_STORE_RELEASE, address, 0);
    this.runner.released(this.id, address);
    return 0;
  }
  xchg(address: number, value: number): number {
    this.boundary();
    const old = this.locked.exchange(address, value);
    this.note(K.OP_XCHG, address, old);
    this.runner.changed(this.id, address);
    return old;
  }
  cmpxchg(address: number, expected: number, value: number): number {
    this.boundary();
    const old = this.locked.compareExchange(address, expected, value);
    this.note(K.OP_CMPXCHG, address, old);
    if (old === expected) this.runner.changed(this.id, address);
    return old;
  }
  /**
   * `cmpxchg16b` as one compare-and-exchange of 64 bits over the same bytes. Accesses of mixed size are
   * outside the JavaScript memory model; on x86-64 they are what the hardware makes of them.
   */
  cmpxchgPair(
    address: number,
    expectedFirst: number,
    expectedSecond: number,
    first: number,
    second: number,
  ): number {
    this.boundary();
    const replaced = this.locked.compareExchangePair(address, expectedFirst, expectedSecond, first, second);
    this.note(K.OP_CMPXCHG_PAIR, address, replaced);
    if (replaced !== 0) {
      this.runner.changed(this.id, address);
      this.runner.changed(this.id, address + 1);
    }
    return replaced;
  }
  fetchAdd(address: number, addend: number): number {
    return this.add(address, addend, 0);
  }
  incReturn(address: number): number {
    return this.add(address, 1, 1);
  }
  decReturn(address: number): number {
    return this.add(address, -1, -1);
  }
  private add(address: number, addend: number, inResult: number): number {
    this.boundary();
    const old = this.locked.add(address, addend);
    if (((old + addend) | 0) !== old + addend)
      this.operands.mistake('fetchAdd', `overflows word ${address} at ${old} + ${addend}`);
    this.machine.committed(this.id, address, old + addend);
    this.note(K.OP_FETCH_ADD, address, old + inResult);
    this.runner.changed(this.id, address);
    return old + inResult;
  }
  fetchOr(address: number, bits: number): number {
    this.boundary();
    const old = this.locked.or(address, bits);
    this.note(K.OP_FETCH_OR, address, old);
    this.runner.changed(this.id, address);
    return old;
  }
  fetchAnd(address: number, bits: number): number {
    this.boundary();
    const old = this.locked.and(address, bits);
    this.note(K.OP_FETCH_AND, address, old);
    this.runner.changed(this.id, address);
    return old;
  }
  smpMb(): number {
    this.boundary();
    this.drain();
    this.note(K.OP_SMP_MB, 0, 0);
    return 0;
  }
  smpRmb(): number {
    return 0;
  }
  smpWmb(): number {
    return 0;
  }
  barrier(): number {
    return 0;
  }
  condLoadAcquire(address: number, mask: number, value: number): number {
    this.boundary();
    let seen = loadWord(this.locked, address);
    while ((seen & mask) !== value) {
      this.runner.wait(this.id, address, mask, value, false);
      if (this.controlLocked.load(this.attention) !== 0) this.attend();
      seen = loadWord(this.locked, address);
    }
    this.note(K.OP_COND_LOAD_ACQUIRE, address, seen);
    return seen;
  }
  condLoadAcquireNot(address: number, mask: number, value: number): number {
    this.boundary();
    let seen = loadWord(this.locked, address);
    while ((seen & mask) === value) {
      this.runner.wait(this.id, address, mask, value, true);
      if (this.controlLocked.load(this.attention) !== 0) this.attend();
      seen = loadWord(this.locked, address);
    }
    this.note(K.OP_COND_LOAD_ACQUIRE, address, seen);
    return seen;
  }
  waitForChange(words: readonly number[], seen: readonly number[]): number {
    this.boundary();
    while (words.every((word, at) => loadWord(this.locked, word) === seen[at])) {
      this.runner.poll(this.id);
      if (this.controlLocked.load(this.attention) !== 0) this.attend();
    }
    this.note(K.OP_WAIT_CHANGE, words[0], 0);
    return 0;
  }
  spinLock(lock: number): number {
    this.boundary();
    while (this.locked.compareExchange(lock, 0, this.id + 1) !== 0) {
      this.runner.wait(this.id, lock, -1, 0, false);
      if (this.controlLocked.load(this.attention) !== 0) this.attend();
    }
    this.note(K.OP_SPIN_LOCK, lock, 0);
    return 0;
  }
  spinUnlock(lock: number): number {
    this.boundary();
    if (this.locked.load(lock) !== this.id + 1) {
      this.machine.observer.unlockOfFree(this.id, lock);
      // No oracle watches a plain program.
      if (this.machine.program.mmu === null)
        this.machine.report({ class: 'unlock-of-free', cpu: this.id, lock });
    }
    this.put(lock, 0);
    this.note(K.OP_SPIN_UNLOCK, lock, 0);
    this.runner.released(this.id, lock);
    return 0;
  }
}
