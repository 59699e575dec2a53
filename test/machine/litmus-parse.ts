import type { Instruction, LitmusTest } from './litmus.js';

/** Reads the subset of herd7's x86 and x86-64 litmus syntax that memory-model tests use. */

/** Thrown for an instruction that this parser does not know. */
export class UnsupportedInstruction extends Error {}

export function parseLitmus(text: string): LitmusTest {
  const match = /^X86(?:_64)?\s+(\S+)[^{]*\{([^}]*)\}\s*\n([\s\S]*?)\n\s*(?:~?exists|forall|locations|filter)/.exec(text);
  if (match === null) throw new Error(`no litmus test: ${text.slice(0, 40)}`);
  const initial: Record<string, number> = {};
  for (const setting of match[2].split(';')) {
    const assignment = /^\s*\[?(\w+)\]?\s*=\s*(\d+)\s*$/.exec(setting);
    if (assignment !== null) initial[assignment[1]] = Number(assignment[2]);
    else if (setting.trim() !== '') throw new UnsupportedInstruction(`initial state "${setting.trim()}"`);
  }
  const [header, ...rows] = match[3]
    .split('\n')
    .filter((row) => row.trim() !== '')
    .map((row) => row.replace(/;\s*$/, '').split('|'));
  const threads: Instruction[][] = header.map(() => []);
  for (const row of rows) {
    row.forEach((cell, thread) => {
      if (cell.trim() !== '') threads[thread].push(instruction(cell.trim()));
    });
  }
  return { name: match[1], initial, threads };
}

function instruction(text: string): Instruction {
  let m = /^(?:MOV \[(\w+)\],\$(\d+)|movl \$(\d+),\((\w+)\))$/.exec(text);
  if (m !== null) return { op: 'store', location: m[1] ?? m[4], value: Number(m[2] ?? m[3]) };
  m = /^(?:MOV (E\w+),\[(\w+)\]|movl \((\w+)\),%e(\w+))$/.exec(text);
  // herd7 prints the 64-bit name of a register that AT&T code names by its lower half.
  if (m !== null) return { op: 'load', register: m[1] ?? `r${m[4]}`, location: m[2] ?? m[3] };
  m = /^MOV (E\w+),\$(\d+)$/.exec(text);
  if (m !== null) return { op: 'set', register: m[1], value: Number(m[2]) };
  m = /^XCHG \[(\w+)\],(E\w+)$/.exec(text);
  if (m !== null) return { op: 'xchg', location: m[1], register: m[2] };
  if (/^mfence$/i.test(text)) return { op: 'mfence' };
  throw new UnsupportedInstruction(text);
}
