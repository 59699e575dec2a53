import { Cpu } from '../machine/cpu.js';
import type { Op } from '../machine/protocol.js';
import { DefinitionError } from '../vocabulary/definition-error.js';

/** Thrown for a specification that makes no program; the message is one line and names the place. */
export class ProgramError extends DefinitionError {
  override readonly name = 'ProgramError';
}

/**
 * A CPU of a plain program. Its machine has no page tables, TLBs and client operations, and no words for them: those operations are
 * refused here, since executed they would write into another CPU's hardware state. So are operands that would: words that the program
 * does not have, CPUs likewise, and values that no word holds. It is told when the operation is made, where its line is on the stack.
 */
export class PlainCpu extends Cpu {
  private mistake(operation: string, what: string): never {
    throw new ProgramError(`program "${this.machine.program.name}": CPU${this.id}: ${operation} ${what}`);
  }

  private word(operation: string, address: number): void {
    if ((address | 0) !== address || address < 0 || address >= this.machine.program.hardwareBase)
      this.mistake(operation, `of word ${address}, which the program does not have`);
  }

  private value(operation: string, value: number): void {
    if ((value | 0) !== value) this.mistake(operation, `with ${value}, which is no 32-bit integer`);
  }

  private target(operation: string, cpu: number): void {
    if ((cpu | 0) !== cpu || cpu < 0 || cpu >= this.machine.program.cpus)
      this.mistake(operation, `to CPU ${cpu}, which the program does not have`);
  }

  override readOnce(address: number): Op {
    this.word('readOnce', address);
    return super.readOnce(address);
  }
  override writeOnce(address: number, value: number): Op {
    this.word('writeOnce', address);
    this.value('writeOnce', value);
    return super.writeOnce(address, value);
  }
  override loadAcquire(address: number): Op {
    this.word('loadAcquire', address);
    return super.loadAcquire(address);
  }
  override storeRelease(address: number, value: number): Op {
    this.word('storeRelease', address);
    this.value('storeRelease', value);
    return super.storeRelease(address, value);
  }
  override xchg(address: number, value: number): Op {
    this.word('xchg', address);
    this.value('xchg', value);
    return super.xchg(address, value);
  }
  override cmpxchg(address: number, expected: number, value: number): Op {
    this.word('cmpxchg', address);
    this.value('cmpxchg', expected);
    this.value('cmpxchg', value);
    return super.cmpxchg(address, expected, value);
  }
  override cmpxchgPair(address: number, expectedFirst: number, expectedSecond: number, first: number, second: number): Op {
    this.word('cmpxchgPair', address);
    if ((address & 1) !== 0) this.mistake('cmpxchgPair', `of word ${address}, which is odd: pairs begin at even addresses (see "pairs")`);
    this.word('cmpxchgPair', address + 1);
    for (const value of [expectedFirst, expectedSecond, first, second]) this.value('cmpxchgPair', value);
    return super.cmpxchgPair(address, expectedFirst, expectedSecond, first, second);
  }
  override fetchAdd(address: number, addend: number): Op {
    this.word('fetchAdd', address);
    this.value('fetchAdd', addend);
    return super.fetchAdd(address, addend);
  }
  override incReturn(address: number): Op {
    this.word('incReturn', address);
    return super.incReturn(address);
  }
  override decReturn(address: number): Op {
    this.word('decReturn', address);
    return super.decReturn(address);
  }
  override fetchOr(address: number, bits: number): Op {
    this.word('fetchOr', address);
    this.value('fetchOr', bits);
    return super.fetchOr(address, bits);
  }
  override fetchAnd(address: number, bits: number): Op {
    this.word('fetchAnd', address);
    this.value('fetchAnd', bits);
    return super.fetchAnd(address, bits);
  }
  override condLoadAcquire(address: number, mask: number, value: number): Op {
    this.word('condLoadAcquire', address);
    this.value('condLoadAcquire', mask);
    this.value('condLoadAcquire', value);
    return super.condLoadAcquire(address, mask, value);
  }
  override condLoadAcquireNot(address: number, mask: number, value: number): Op {
    this.word('condLoadAcquireNot', address);
    this.value('condLoadAcquireNot', mask);
    this.value('condLoadAcquireNot', value);
    return super.condLoadAcquireNot(address, mask, value);
  }
  override spinLock(lock: number): Op {
    this.word('spinLock', lock);
    return super.spinLock(lock);
  }
  override spinUnlock(lock: number): Op {
    this.word('spinUnlock', lock);
    return super.spinUnlock(lock);
  }
  override peek(address: number): Op {
    this.word('peek', address);
    return super.peek(address);
  }
  override poke(address: number, value: number): Op {
    this.word('poke', address);
    this.value('poke', value);
    return super.poke(address, value);
  }
  override sendIpi(target: number): Op {
    this.target('sendIpi', target);
    return super.sendIpi(target);
  }
  override sendNmi(target: number): Op {
    this.target('sendNmi', target);
    return super.sendNmi(target);
  }
  override choose(n: number): Op {
    if ((n | 0) !== n || n < 1) this.mistake('choose', `among ${n}: give a whole number of at least 1`);
    return super.choose(n);
  }

  private refuse(operation: string): Op {
    throw new ProgramError(`program "${this.machine.program.name}": CPU${this.id} executes ${operation}, but a plain program has no MMU`);
  }
  override writeCr3(): Op {
    return this.refuse('writeCr3');
  }
  override invlpg(): Op {
    return this.refuse('invlpg');
  }
  override invpcid(): Op {
    return this.refuse('invpcid');
  }
  override userAccess(): Op {
    return this.refuse('userAccess');
  }
  override walk(): Op {
    return this.refuse('walk');
  }
  override postFlush(): Op {
    return this.refuse('postFlush');
  }
  override faultEntry(): Op {
    return this.refuse('faultEntry');
  }
  override setPte(): Op {
    return this.refuse('setPte');
  }
  override ptepGetAndClear(): Op {
    return this.refuse('ptepGetAndClear');
  }
  override ptepSetWrprotect(): Op {
    return this.refuse('ptepSetWrprotect');
  }
  override allocFrame(): Op {
    return this.refuse('allocFrame');
  }
  override freeFrame(): Op {
    return this.refuse('freeFrame');
  }
  override freeFrameRcu(): Op {
    return this.refuse('freeFrameRcu');
  }
  override promise(): Op {
    return this.refuse('promise');
  }
  override operationReturned(): Op {
    return this.refuse('operationReturned');
  }
  override newAddressSpace(): Op {
    return this.refuse('newAddressSpace');
  }
}
