import { nativeBackend } from '../backends/native.js';
import type { Backend } from '../kernel/backend.js';
import type { Features } from '../kernel/features/index.js';
import { type Variant, variant } from './variant.js';

/** A known bug and its twin: the same kernel without and with the fix. */
export function bug(
  name: string,
  aliases: readonly string[],
  summary: string,
  profile: string,
  broken: Partial<Features>,
  fixed: Partial<Features>,
  backend: Backend = nativeBackend,
): Variant[] {
  return [
    { ...variant(name, aliases, summary, profile, broken, backend), bug: name },
    variant(
      `${name}-fixed`,
      aliases.map((alias) => `${alias}-fixed`),
      `${name} with its fix`,
      profile,
      { ...broken, ...fixed },
      backend,
    ),
  ];
}
