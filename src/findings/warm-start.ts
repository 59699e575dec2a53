import type { Scenario } from '../vocabulary/scenario.js';
import type { Contradiction } from './scenario-schema.js';

/**
 * What no kernel can have come to of pages in memory and translations cached at the start: every report about
 * an execution from there would be the scenario's, not the kernel's.
 */

export function* badMapped(index: number, scenario: Scenario): Generator<Contradiction> {
  const mm = scenario.mms[index];
  const { mapped = [], vmas = [[0, scenario.pages, true]] } = mm;
  for (const [entry, { page, write, sharedWith }] of mapped.entries()) {
    const path = ['mms', index, 'mapped', entry];
    const vma = vmas.find(([from, end]) => from <= page && page < end);
    if (mm.alive === false) yield { path, message: `is of mm ${index}, which is not alive at the start` };
    else if (page >= scenario.pages)
      yield { path: [...path, 'page'], message: `names page ${page} of ${scenario.pages}` };
    else if (vma === undefined)
      yield { path: [...path, 'page'], message: `is page ${page}, which has no VMA` };
    else if (mapped.findIndex((other) => other.page === page) < entry)
      yield { path: [...path, 'page'], message: `is page ${page}, which is mapped before` };
    else if (write && !vma[2])
      yield { path: [...path, 'write'], message: `is true, but the VMA of page ${page} allows no stores` };
    if (sharedWith === undefined) continue;
    const other = scenario.mms[sharedWith]?.mapped?.find((one) => one.page === page);
    const at = [...path, 'sharedWith'];
    if (sharedWith >= index) yield { path: at, message: `is ${sharedWith}, which is not before mm ${index}` };
    else if (other === undefined)
      yield { path: at, message: `is ${sharedWith}, which has not mapped page ${page}` };
    else if (write || other.write)
      yield { path: at, message: `is ${sharedWith}, but an entry of page ${page} allows stores` };
  }
}

export function* badCached(index: number, scenario: Scenario): Generator<Contradiction> {
  const { loadedMm, slots, cached = [] } = scenario.start?.[index] ?? {};
  for (const [entry, { mm, page }] of cached.entries()) {
    const path = ['start', index, 'cached', entry];
    const isTagged = scenario.mms[mm]?.globalAsid === true || slots?.some((slot) => slot?.mm === mm) === true;
    const hasSlot = mm === loadedMm || (scenario.pcid && isTagged);
    const mapped = scenario.mms[mm]?.mapped?.some((one) => one.page === page) === true;
    if (!hasSlot) yield { path: [...path, 'mm'], message: `names mm ${mm}, which has no slot of this CPU` };
    else if (!mapped)
      yield { path: [...path, 'page'], message: `names page ${page}, which mm ${mm} has not mapped` };
    else if (cached.findIndex((other) => other.mm === mm && other.page === page) < entry)
      yield { path, message: `is page ${page} of mm ${mm}, which is cached before` };
  }
}
