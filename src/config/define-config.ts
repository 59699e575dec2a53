import { issueLine } from '../findings/schema.js';
import { DefinitionError } from '../vocabulary/errors.js';
import type { ConfigSpec } from './config.js';
import { type Config, configSchema } from './config-schema.js';

/** By what `defineConfig` returned: what a look-alike holds nobody has checked. */
const defined = new WeakMap<object, Config>();

/**
 * Makes a configuration of `shootdown run`; a `shootdown.config.ts` exports it as its default.
 *
 *     export default defineConfig({ projects: [{ name: 'mine', modules: 'mine.ts', expect: 'clean' }] });
 *
 * Throws a DefinitionError, one line with the path of the part, for what makes none.
 */
export function defineConfig(spec: ConfigSpec): ConfigSpec {
  const result = configSchema.safeParse(spec, { reportInput: true });
  if (!result.success) throw new DefinitionError(issueLine(result.error));
  const own = { ...spec };
  defined.set(own, result.data);
  return own;
}

/** What a module exports, if `defineConfig` returned it. */
export function definedConfig(value: unknown): Config | undefined {
  return typeof value === 'object' && value !== null ? defined.get(value) : undefined;
}
