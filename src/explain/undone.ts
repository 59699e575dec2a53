import * as K from '../machine/op-kinds.js';
import { formatPte } from '../machine/pte.js';
import type { PendingWords } from './base-call.js';
import type { KernelNames } from './names.js';

/** What an operation does that has not been executed: it has no result. */
export function doing({ kind, a, b, c, d }: PendingWords, names: KernelNames, cpu: number): string {
  const word = names.word(a, cpu);
  switch (kind) {
    case K.OP_READ_ONCE:
    case K.OP_LOAD_ACQUIRE:
      return `reads ${word}`;
    case K.OP_COND_LOAD_ACQUIRE:
      return `waits for ${word} to ${d === K.WAIT_EQUAL ? '' : 'not '}be ${names.value(a, c)}`;
    case K.OP_WAIT_CHANGE:
      return `waits for ${word}`;
    case K.OP_WRITE_ONCE:
    case K.OP_STORE_RELEASE:
      return `stores ${names.value(a, b)} to ${word}`;
    case K.OP_XCHG:
      return `exchanges ${word} for ${names.value(a, b)}`;
    case K.OP_CMPXCHG:
    case K.OP_CMPXCHG_PAIR:
      return `compares and exchanges ${word}`;
    case K.OP_FETCH_ADD:
      return b === 0 ? `reads ${word}` : `counts ${word} ${b > 0 ? 'up' : 'down'}`;
    case K.OP_FETCH_OR:
      return `sets bits in ${word}`;
    case K.OP_FETCH_AND:
      return `clears bits in ${word}`;
    case K.OP_SMP_MB:
      return 'has a full barrier';
    case K.OP_SPIN_LOCK:
      return `locks ${word}`;
    case K.OP_SPIN_UNLOCK:
      return `unlocks ${word}`;
    case K.OP_LOCAL_IRQ_DISABLE:
      return 'turns interrupts off';
    case K.OP_LOCAL_IRQ_ENABLE:
      return 'turns interrupts on';
    case K.OP_SEND_IPI:
      return `sends CPU${a} an IPI`;
    case K.OP_SEND_RAR:
      return `signals CPU${a} a remote action request`;
    case K.OP_WRITE_CR3:
      return `loads PCID ${b} ${c !== 0 ? 'without' : 'with'} a flush`;
    case K.OP_INVLPG:
      return `invalidates page ${a}`;
    case K.OP_INVPCID:
      return `invalidates PCID ${b} (type ${a})`;
    case K.OP_SET_PTE:
      return `sets ${names.entry(c, d)} to ${formatPte(b)}`;
    case K.OP_PTEP_GET_AND_CLEAR:
      return `clears ${names.entry(c, d)}`;
    case K.OP_PTEP_SET_WRPROTECT:
      return `write-protects ${names.entry(c, d)}`;
    case K.OP_FREE_FRAME:
      return `frees frame ${a}`;
    default:
      return `does ${K.opName(kind)}`;
  }
}
