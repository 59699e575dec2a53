/** What several stress runs come to. */

import type { StressPlace } from '../../report/json-documents.js';
import { count } from '../../report/text-columns.js';
import type { StressResult } from '../../stress/api.js';
import { mergeResults } from '../../stress/merge-results.js';
import { type ExplorersLook, type StressBlob, targetKey } from './blob.js';

/** As one run of all their time. */
export function stressTotal({ parts }: StressBlob): StressResult {
  const all = parts.flatMap(({ results }) => results);
  const total = mergeResults(all);
  const interrupted = parts.some((part) => part.interrupted);
  const alike = all.filter(({ waiting }) => waiting === total.waiting).length;
  if (alike === all.length) return { ...total, interrupted };
  const words = `${total.waitingReason}; so in ${alike} of ${count(all.length, 'result')}`;
  return { ...total, interrupted, waitingReason: words };
}

/** What ran of each target that any run has come to, in their order. */
export function stressPlaces({ stress, parts }: StressBlob): StressPlace[] {
  const ran = new Map<string, StressResult[]>();
  for (const result of parts.flatMap(({ results }) => results)) {
    const own = ran.get(targetKey(result));
    if (own === undefined) ran.set(targetKey(result), [result]);
    else own.push(result);
  }
  return stress.targets.flatMap((target) => {
    const own = ran.get(targetKey(target));
    if (own === undefined) return [];
    const { variant, scenario, cpus, seconds, shootdowns, rounds, violations, dead } = mergeResults(own);
    const hangs = own.filter(({ hang }) => hang !== null).length;
    return [
      {
        ...{ variant, scenario, cpus, runs: own.length, seconds, shootdowns },
        ...(rounds === undefined ? {} : { rounds }),
        ...{ violations: violations.length, hangs, dead: dead.length },
      },
    ];
  });
}

/** The explorer's looks as one; null where it has looked for none of the runs. */
export function lookTotal({ parts }: StressBlob): Omit<ExplorersLook, 'witness'> | null {
  const looks = parts.flatMap(({ look }) => look ?? []);
  if (looks.length === 0) return null;
  const told = looks.find(({ violation }) => violation !== null) ?? looks[0];
  const sum = (value: (look: ExplorersLook) => number): number =>
    looks.reduce((total, look) => total + value(look), 0);
  return {
    ...{ variant: told.variant, violation: told.violation, message: told.message },
    executions: sum(({ executions }) => executions),
    seconds: sum(({ seconds }) => seconds),
    known: told.violation === null ? (looks.find(({ known }) => known !== null)?.known ?? null) : null,
    met: [...new Set(looks.flatMap(({ met }) => met))].sort(),
  };
}
