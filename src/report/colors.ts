/** Whether to paint, and with what. */

import pc from 'picocolors';

export type Colors = ReturnType<typeof pc.createColors>;

/** Paints nothing: for files, pipes and tests. */
export const plain: Colors = pc.createColors(false);

/**
 * Colours for a stream: off where NO_COLOR is set, where it is no terminal or a dumb one; FORCE_COLOR puts
 * them on elsewhere.
 */
export function colorsFor(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Colors {
  if (env.NO_COLOR) return plain;
  if (env.FORCE_COLOR) return pc.createColors(env.FORCE_COLOR !== '0');
  return pc.createColors(stream.isTTY === true && env.TERM !== 'dumb');
}
