/** What the code of a host (kernel/kvm-host.ts) asks of its processor; what becomes of it: placed-host.ts. */

/** What the host's code asks of the hardware: first operand of OP_HOST. */
export const HOST_OP_REASON = 1;
export const HOST_OP_PUT = 2;
export const HOST_OP_PLACE = 3;
export const HOST_OP_INVVPID_ADDRESS = 4;
export const HOST_OP_INVVPID_CONTEXT = 5;
export const HOST_OP_INVVPID_ALL = 6;
export const HOST_OP_COMPLETE_ACCESS = 7;
export const HOST_OP_ENTER = 8;

/**
 * Why the vCPU is out: preempted between two instructions; in a user access that the host emulates, or its
 * user space, with the address translated already. Values of H.VCPU_IN_ACCESS too.
 */
export const EXIT_PREEMPTED = 0;
export const EXIT_EMULATES = 1;
export const EXIT_TO_USER_SPACE = 2;
