import * as z from 'zod';
import { text } from './scenario-schema.js';

/** A kind or circumstance of another version is nobody's: it matches nothing. */
export const namedCause = z.strictObject({
  kind: text(100).min(1),
  isBuffered: z.boolean(),
  isRaised: z.boolean(),
  isClaimed: z.boolean(),
  circumstance: text(100).min(1).nullable(),
});
