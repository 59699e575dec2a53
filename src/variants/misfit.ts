import type { Scenario } from '../vocabulary/scenario.js';
import type { Variant } from './variant.js';

/** The bug whose question it is what INVLPGB does without PCIDs. */
const WITHOUT_PCIDS = 'b18';

/**
 * Why a variant makes no sense in a scenario, for silicon or kernel rules the two out; null where it does.
 */
export function misfit({ backend, features, bug }: Variant, scenario: Scenario): string | null {
  const broadcasts = backend.has.broadcasts === true && features.globalAsids;
  if (!broadcasts || scenario.pcid || features.globalAsidNeedsPcid || bug === WITHOUT_PCIDS) return null;
  return (
    'INVLPGB needs PCIDs: without them kernels before 7.1 fault at their first broadcast ' +
    `(--variant ${WITHOUT_PCIDS} shows it), and later ones send IPIs, as native does`
  );
}

/** Whether a scenario is hunted with a variant where none is named. */
export function isUsual(variant: Variant, scenario: Scenario): boolean {
  const { broadcasts, remoteActions } = variant.backend.has;
  if (scenario.forBroadcasts === true && broadcasts !== true && remoteActions !== true) return false;
  if (scenario.forRemoteActions === true && remoteActions !== true) return false;
  if (scenario.hyperv !== undefined && variant.backend.guestOf !== 'hyperv') return false;
  return misfit(variant, scenario) === null;
}
