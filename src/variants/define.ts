import { backends, findBackend } from '../backends/index.js';
import type { Backend } from '../kernel/backend.js';
import { type FeatureName, type Features, featureNamed } from '../kernel/features/index.js';
import { type KernelFunctions, kernelFunctions } from '../kernel/functions.js';
import type { KernelAssertions } from '../kernel/kernel-assertions.js';
import type { OwnWords } from '../kernel/own-words.js';
import { findProfile } from '../kernel/profiles.js';
import { isProtocolFunction } from '../machine/protocol-function.js';
import { findRule } from '../rules/index.js';
import { type Rule, senselessOn } from '../rules/rule.js';
import { COUNTERS } from '../vocabulary/counter-names.js';
import { DefinitionError } from '../vocabulary/errors.js';
import { findVariant, listVariants } from './index.js';
import { Made } from './made.js';
import type { OwnCounters } from './own-counters.js';
import { type MadeFrom, rulePart, type Variant } from './variant.js';

/** What a variant of one's own is made of; everything but the name may be left out. */
export interface VariantSpec extends KernelAssertions {
  /** Letters, digits, dots, dashes and slashes; no built-in variant's name. */
  readonly name: string;
  /** What it does differently, in one line. Default: the base's summary. */
  readonly summary?: string;
  /**
   * The variant that it starts from: a name that `shootdown list variants` shows, or one made before. Default
   * `6.18`.
   */
  readonly base?: string | Variant;
  /** Features switched on (true) and off (false), by the names that `shootdown list features` shows. */
  readonly features?: Partial<Features> & Readonly<Record<string, boolean>>;
  /**
   * Features of one's own, and whether they are on: `cpu.hasFeature(NAME)` asks for one, and `NAME+feature`,
   * `NAME~feature` switch it. Default: the base's.
   */
  readonly ownFeatures?: Readonly<Record<string, boolean>>;
  /** How a flush reaches the other CPUs: a backend's name, or one of your own. Default: the base's. */
  readonly backend?: string | Backend;
  /**
   * What an initiator does about remote generations: a rule's name, or one of your own. Default: the base's.
   */
  readonly rule?: string | Rule;
  /**
   * Protocol functions in the place of the kernel's, by the names of the function table (`shouldFlushTlb`,
   * `chooseNewAsid`, ...).
   */
  readonly replace?: Partial<KernelFunctions>;
  /** Words beyond the kernel's, which its functions find in `cpu.layout.own`. Default: the base's. */
  readonly ownWords?: OwnWords;
  /**
   * Numbers of one's own, by name, each read out of the memory at the end of an execution: a hunt and a
   * stress run tell their sums. Default: the base's.
   */
  readonly counters?: OwnCounters;
  /**
   * `replace` is a kernel's own text, translated, and nobody's change: open findings of the base's profile
   * are gone past in it too. Default: false.
   */
  readonly isKernelText?: boolean;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9._-]+)*$/;
const NAME_MAX = 100;
/** As `NAME+feature` can hold it. */
const FEATURE = /^[A-Za-z][A-Za-z0-9]*$/;
const BASE_DEFAULT = '6.18';

/** What `defineVariant` made. */
export const madeVariants = new Made<Variant>();

/**
 * Makes a variant: the kernel of `base` with features switched, protocol functions replaced, a backend, a
 * rule. Export it from a module and `shootdown hunt MODULE` hunts it; `stress` and `study` take it too.
 *
 *     export const mine = defineVariant({ name: 'mine', base: '6.12-stable', features: { switchingBeforeGen:
 *     true } });
 *
 * Throws a DefinitionError, one line, for what makes no variant: an unknown base, feature, function, backend
 * or rule, or a rule on a backend that it makes no sense on.
 */
export function defineVariant(spec: VariantSpec): Variant {
  const { name } = spec;
  if (typeof name !== 'string' || !NAME.test(name) || name.length > NAME_MAX)
    throw new DefinitionError(
      `a variant's name is made of letters, digits, dots, dashes and slashes, not ${JSON.stringify(name)}`,
    );
  const refuse = (what: string, remedy: string | null = null): never => {
    throw new DefinitionError(`variant "${name}": ${what}`, null, remedy);
  };
  if (
    listVariants().some(
      (known) => known.name === name.toLowerCase() || known.aliases.includes(name.toLowerCase()),
    )
  )
    refuse('this is the name of a built-in variant', 'choose another');
  const base =
    baseOf(spec.base ?? BASE_DEFAULT) ??
    refuse(`its base "${spec.base}" is no variant`, '"shootdown list variants" shows them');
  const backend =
    spec.backend === undefined
      ? base.backend
      : (backendOf(spec.backend) ?? refuse(unknownBackend(spec.backend)));
  const rule =
    spec.rule === undefined
      ? base.rule
      : (ruleOf(spec.rule) ?? refuse(`there is no rule "${spec.rule}"`, 'see "shootdown list rules"'));
  const senseless = rule === undefined ? null : senselessOn(backend, rule);
  if (rule !== undefined && senseless !== null)
    refuse(`rule ${rule.name} makes no sense on ${backend.name}: ${senseless}`);
  const own = spec.ownFeatures ?? {};
  const plainFeatures = findProfile(base.profile)?.features ?? base.features;
  for (const feature of Object.keys(own)) {
    if (!FEATURE.test(feature))
      refuse(`a feature's name is made of letters and digits, not ${JSON.stringify(feature)}`);
    if (featureNamed(feature, plainFeatures) !== undefined)
      refuse(`the kernel has a feature "${feature}"`, 'choose another name');
  }
  for (const [feature, value] of Object.entries({ ...own, ...spec.features })) {
    if (!(feature in base.features) && !(feature in own))
      refuse(`there is no feature "${feature}"`, 'see "shootdown list features"');
    if (typeof value !== 'boolean')
      refuse(`feature ${feature} is switched by true or false, not ${String(value)}`);
  }
  requireCounters(spec.counters ?? {}, refuse);
  requireJudges(spec, refuse);
  for (const [key, value] of Object.entries(spec.replace ?? {})) {
    if (!(key in kernelFunctions) && key !== 'flushTlbMulti')
      refuse(`replace.${key}: the kernel's function table has no function of that name`);
    if (!isProtocolFunction(value)) refuse(`replace.${key} is not a generator function (function*)`);
  }
  // A base's own replacements stay, unless they are those of a rule that is not there any more.
  const kept = rule === base.rule ? base.replace : {};
  const made: Variant = {
    ...base,
    name,
    aliases: [],
    summary: spec.summary ?? base.summary,
    backend,
    features: { ...featuresOn(base, backend), ...own, ...spec.features },
    ...(rule === undefined ? {} : rulePart(backend, rule)),
    replace: { ...kept, ...rule?.functions(backend), ...spec.replace },
    ...(spec.isKernelText === true ? { isKernelText: true } : {}),
    ...(spec.ownWords === undefined ? {} : { ownWords: spec.ownWords }),
    ...(spec.counters === undefined ? {} : { counters: spec.counters }),
    ...(spec.always === undefined ? {} : { always: spec.always }),
    ...(spec.final === undefined ? {} : { final: spec.final }),
    ...(judgesOnly(spec) ? {} : { made: madeFrom(spec, base) }),
  };
  return madeVariants.add(made);
}

/** Refuses assertions that cannot be asked. */
function requireJudges(spec: VariantSpec, refuse: (what: string) => never): void {
  for (const [which, judge] of Object.entries({ always: spec.always, final: spec.final }))
    if (judge !== undefined && !isPlainFunction(judge))
      refuse(`${which} is not a plain function of (read, kernel)`);
}

/** Refuses counters of one's own that nobody could tell from the lab's, or that cannot be asked. */
function requireCounters(counters: OwnCounters, refuse: (what: string) => never): void {
  for (const [name, count] of Object.entries(counters)) {
    if (!FEATURE.test(name) || (COUNTERS as readonly string[]).includes(name))
      refuse(`a counter's name is made of letters and digits and none of the lab's, not "${name}"`);
    if (!isPlainFunction(count)) refuse(`counters.${name} is not a plain function of (read, kernel)`);
  }
}

/** Threads run generators as plain functions: there is nothing to tell them by. */
function isPlainFunction(value: unknown): boolean {
  return (
    typeof value === 'function' && Object.prototype.toString.call(value) !== '[object GeneratorFunction]'
  );
}

function madeFrom({ replace, features }: VariantSpec, base: Variant): MadeFrom {
  return {
    base,
    functions: Object.keys(replace ?? {}) as (keyof KernelFunctions)[],
    features: Object.keys(features ?? {}) as FeatureName[],
  };
}

/** It changes nothing and says so: with its assertions, the base stands for itself. */
function judgesOnly({ always, final, features, replace, backend, rule }: VariantSpec): boolean {
  const changes = [features, replace, backend, rule].some((change) => change !== undefined);
  return (always !== undefined || final !== undefined) && !changes;
}

/**
 * The base's features, on another backend perhaps: what the base's own backend makes of a kernel goes with
 * it.
 */
function featuresOn(base: Variant, backend: Backend): Features {
  const plain = findProfile(base.profile)?.features;
  if (backend === base.backend || plain === undefined) return base.features;
  const own = (Object.keys(base.backend.features ?? {}) as FeatureName[]).map((name) => [name, plain[name]]);
  return { ...base.features, ...Object.fromEntries(own), ...backend.features };
}

function baseOf(base: string | Variant): Variant | undefined {
  return typeof base === 'string' ? findVariant(base) : base;
}

function backendOf(backend: string | Backend): Backend | undefined {
  if (typeof backend === 'string') return findBackend(backend);
  return isProtocolFunction(backend.flushTlbMulti) && typeof backend.has === 'object' ? backend : undefined;
}

function unknownBackend(backend: string | Backend): string {
  if (typeof backend !== 'string')
    return `backend ${backend.name}: ${
      isProtocolFunction(backend.flushTlbMulti)
        ? 'does not say what it has, such as { ipis: true }'
        : 'flushTlbMulti is not a generator function (function*)'
    }`;
  return `there is no backend "${backend}"; there are ${backends.map(({ name }) => name).join(', ')}`;
}

function ruleOf(rule: string | Rule): Rule | undefined {
  return typeof rule === 'string' ? findRule(rule) : rule;
}
