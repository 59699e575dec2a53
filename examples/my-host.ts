import { defineScenario, defineVariant, KVM_REQ_STEAL_UPDATE, steps } from 'shootdown';

const { A, B, read, repeat, run, script, write } = steps;

/**
 * Three hosts under KVM's guest. A host's steps are protocol code too, of the backend `kvm-host`: a vCPU
 * comes back on any physical CPU, where what it has cached there before waits under its VPID.
 *
 *     shootdown hunt examples/my-host.ts --scenario ping-pong-munmap
 *     shootdown hunt examples/my-host.ts --variant host-shares-vpid
 */

/** Forgets that a physical CPU may have old translations of a vCPU that has been elsewhere meanwhile. */
export const hostForgetsMove = defineVariant({
  name: 'host-forgets-move',
  base: 'kvm-host',
  replace: {
    *kvmArchVcpuLoad(cpu, _pcpu) {
      yield* cpu.poke(cpu.vcpu.requests, KVM_REQ_STEAL_UPDATE);
    },
  },
});

/**
 * Has one tag for the translations of all vCPUs. The flush after a move is not enough then: a vCPU that comes
 * back to where it was meets what another one has left there meanwhile.
 */
export const hostSharesVpid = defineVariant({
  name: 'host-shares-vpid',
  base: 'kvm-host',
  replace: {
    *vpidOf(cpu) {
      yield* cpu.peek(cpu.vcpu.vpid);
      return 1;
    },
  },
});

/** After a move it drops what is cached under the vCPU's own VPID, and leaves the others' alone: enough. */
export const hostFlushesOwn = defineVariant({
  name: 'host-flushes-own',
  base: 'kvm-host',
  replace: {
    *kvmVcpuFlushTlbAll(cpu) {
      yield* cpu.fn.kvmVcpuFlushTlbGuest(cpu);
    },
  },
});

/** Two processes, one on each vCPU, both of which are taken off often. */
export const oneProcessEach = defineScenario({
  name: 'one-process-each',
  summary: 'two processes that read a page of their own while their vCPUs come and go',
  cpus: 2,
  pages: 1,
  slots: 1,
  preemptions: 16,
  mms: [{}, {}],
  scripts: [script(run(A), write(0), repeat(16, read(0))), script(run(B), write(0), repeat(16, read(0)))],
});
