import { broadcastFeatures } from './broadcast.js';
import type { Feature, FeatureName, Features } from './feature.js';
import { guestFeatures } from './guests.js';
import { kernelFeatures } from './kernel.js';
import { kvmHostFeatures } from './kvm-host.js';
import { rarFeatures } from './rar.js';

export type { Feature, FeatureName, Features } from './feature.js';

/** The feature among `known`, a variant's, that a name stands for, whatever its letters' case. */
export function featureNamed(name: string, known: Features): FeatureName | undefined {
  const wanted = name.toLowerCase();
  return (Object.keys(known) as FeatureName[]).find((one) => one.toLowerCase() === wanted);
}

export const features: readonly Feature[] = [
  ...kernelFeatures,
  ...kvmHostFeatures,
  ...broadcastFeatures,
  ...guestFeatures,
  ...rarFeatures,
];
