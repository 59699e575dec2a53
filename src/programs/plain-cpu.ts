import { Cpu } from '../machine/cpu.js';
import type { Op } from '../machine/protocol.js';
import { DefinitionError } from '../vocabulary/errors.js';

/** Thrown for a specification that makes no program; the message is one line and names the place. */
export class ProgramError extends DefinitionError {
  override readonly name = 'ProgramError';

  /** `program`: its name, where it has one. */
  constructor(what: string, program: string | null = null) {
    super(program === null ? what : `program "${program}": ${what}`, program);
  }
}

/**
 * A CPU of a plain program. Its machine has no page tables, TLBs and client operations, and no words for
 * them: those operations are refused here, since executed they would write into another CPU's hardware state.
 */
export class PlainCpu extends Cpu {
  private refuse(operation: string): Op {
    throw new ProgramError(
      `CPU${this.id} executes ${operation}, but a plain program has no MMU`,
      this.machine.program.name,
    );
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
  override invlpgb(): Op {
    return this.refuse('invlpgb');
  }
  override tlbsync(): Op {
    return this.refuse('tlbsync');
  }
  override userAccess(): Op {
    return this.refuse('userAccess');
  }
  override walk(): Op {
    return this.refuse('walk');
  }
  override hostOp(): Op {
    return this.refuse('hostOp');
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
  override ownRegister(): Op {
    return this.refuse('ownRegister');
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
