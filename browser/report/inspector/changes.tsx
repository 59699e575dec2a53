import type { CpuState } from '../../../src/explain/cpu-state.js';
import type { Looked } from '../execution.js';

/** All that the step changes, in one place: words, store buffers, TLBs. */
export function Changes({ looked, at }: { looked: Looked; at: number }) {
  const { steps, words, execution, states } = looked;
  const written = [...new Set((execution.memory.accesses[at]?.writes ?? []).map(({ word }) => word))];
  const ofWords = written.flatMap((word) => {
    const { name, cpu } = words.words[word];
    const [before, after] = [words.after(word, at - 1), words.after(word, at)];
    return before === after ? [] : [`${cpu === null ? '' : `CPU${cpu}'s `}${name}: ${before} → ${after}`];
  });
  const ofCpus = steps[at].states.flatMap((after) => {
    const before = states.after(steps[at].step - 1, after.cpu);
    return before === null ? [] : differences(before, after);
  });
  const all = [...ofWords, ...ofCpus];
  return (
    <ul class="changes" aria-label="what the step changes">
      {all.length === 0 && <li class="empty">changes nothing that is shown</li>}
      {all.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}

function differences(before: CpuState, after: CpuState): string[] {
  const who = `CPU${after.cpu}`;
  const list = (name: string, from: readonly string[], to: readonly string[]): string[] => [
    ...from.filter((entry) => !to.includes(entry)).map((entry) => `${who} ${name} − ${entry}`),
    ...to.filter((entry) => !from.includes(entry)).map((entry) => `${who} ${name} + ${entry}`),
  ];
  return [
    ...list('store buffer', before.buffer, after.buffer),
    ...list('TLB', before.tlb ?? [], after.tlb ?? []),
    ...list('pending', before.pending, after.pending),
    ...list('locks', before.locks, after.locks),
    ...(before.interrupts === after.interrupts
      ? []
      : [`${who} interrupts ${after.interrupts ? 'on' : 'off'}`]),
  ];
}
