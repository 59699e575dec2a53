import { agentOf, CPU_AGENT } from '../../machine/agents.js';
import * as H from '../../machine/hardware.js';
import type { Machine } from '../../machine/machine.js';
import * as K from '../../machine/op-kinds.js';
import type { Automaton } from '../automaton.js';
import { OP_DONE, OP_PEEK } from '../local-ops.js';
import type { AutomatonCode } from './automaton-code.js';
import type { Footprints } from './footprints.js';

/**
 * Steps of a CPU that are executed at once with the one before them: those that no other agent can tell from
 * a later one, nor keep from being what they are. Every execution has then one of the same outcome in which
 * no other agent moves before such a step, so that the state before it need not be stored (a singleton ample
 * set; there is no cycle of them, since only so many are executed at once).
 *
 * - A load of a word that nobody but the CPU changes, and no handler where one can come in between: whenever
 *   it is executed it reads the same.
 * - A plain store of a CPU whose interrupts are off: it goes into the store buffer, where nobody else sees
 *   it. What empties the buffer at a stroke must not be able to come in between: an interrupt is off, a host
 *   is not there, the buffer is not full, and there is one (TSO).
 * - A full barrier over an empty store buffer.
 *
 * What is no instruction belongs to the step before it: a look at a word that nobody ever changes is as good
 * as none, anything else (ghost operations, notes that oracles hear) is not executed at once.
 */
export class LocalSteps {
  constructor(
    private readonly machine: Machine,
    private readonly automaton: Automaton,
    private readonly codes: readonly AutomatonCode[],
    private readonly footprints: Footprints,
  ) {}

  /** Whether the next step of the CPU is one. */
  isNext(cpu: number): boolean {
    const { machine, automaton, footprints } = this;
    if (!machine.enabled.has(agentOf(cpu, CPU_AGENT))) return false;
    const { node } = this.codes[cpu];
    const block = machine.block(cpu);
    // A VM exit comes whatever the flag says.
    const isHosted = machine.hypervisor?.hasCode === true;
    const isInterruptible = machine.mem[block + H.IF] !== 0 || !footprints.flagsSuffice || isHosted;
    const a = automaton.a[node];
    let result = 0;
    switch (automaton.kind[node]) {
      case K.OP_READ_ONCE:
      case K.OP_LOAD_ACQUIRE:
        if (!footprints.isOnlyOf(cpu, a, isInterruptible)) return false;
        result = machine.load(cpu, a);
        break;
      case K.OP_WRITE_ONCE:
      case K.OP_STORE_RELEASE:
        if (isInterruptible || machine.hypervisor !== null || machine.memory !== 'tso') return false;
        if (machine.mem[block + H.SB_COUNT] === H.SB_DEPTH) return false;
        break;
      case K.OP_SMP_MB:
        if (machine.mem[block + H.SB_COUNT] > 0) return false;
        break;
      default:
        return false;
    }
    return this.leadsToOperation(automaton.next(node, result));
  }

  /** Whether nothing but looks at constant words lies before the next operation. */
  private leadsToOperation(from: number): boolean {
    const { automaton, machine, footprints } = this;
    for (let node = from; ; ) {
      const kind = automaton.kind[node];
      if (kind === OP_DONE) return false;
      if (kind < OP_PEEK) return true;
      const word = automaton.a[node];
      if (kind !== OP_PEEK || !footprints.isConstant(word)) return false;
      node = automaton.next(node, machine.mem[word]);
    }
  }
}
