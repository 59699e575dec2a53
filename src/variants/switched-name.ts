/** Names as `PROFILE+feature~feature`: a variant, and features switched on and off in it. */

export interface SwitchedName {
  readonly base: string;
  /** In the order of the name. */
  readonly switched: readonly { readonly feature: string; readonly on: boolean }[];
}

export function switchedName(name: string): SwitchedName {
  const [base, ...parts] = name.split(/(?=[+~])/);
  return { base, switched: parts.map((part) => ({ feature: part.slice(1), on: part[0] === '+' })) };
}
