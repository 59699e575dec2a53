/**
 * What Jenkins accepts as JUnit's XML, as far as reports of ours could differ: of each element the children,
 * the attributes and those that it must have. Source: jenkinsci/xunit-plugin, types/model/xsd/junit-10.xsd.
 */

import type { Element } from './xml-check.js';

interface Rule {
  readonly children: readonly string[];
  readonly attributes: readonly string[];
  readonly required: readonly string[];
}

const COUNTS = ['tests', 'failures', 'errors'];
const OUTCOME: Rule = { children: [], attributes: ['type', 'message'], required: [] };
const TEXT: Rule = { children: [], attributes: [], required: [] };

const SCHEMA: Readonly<Record<string, Rule>> = {
  testsuites: { children: ['testsuite'], attributes: ['name', 'time', ...COUNTS], required: [] },
  testsuite: {
    children: ['testsuite', 'properties', 'testcase', 'system-out', 'system-err'],
    attributes: [
      ...['name', ...COUNTS, 'group', 'time', 'skipped', 'timestamp', 'hostname', 'id', 'package'],
      ...['file', 'log', 'url'],
    ],
    required: ['name', ...COUNTS],
  },
  testcase: {
    children: ['skipped', 'error', 'failure', 'system-out', 'system-err'],
    attributes: ['name', 'time', 'classname', 'group'],
    required: ['name'],
  },
  properties: { children: ['property'], attributes: [], required: [] },
  property: { children: [], attributes: ['name', 'value'], required: ['name', 'value'] },
  failure: OUTCOME,
  error: OUTCOME,
  skipped: OUTCOME,
  'system-out': TEXT,
  'system-err': TEXT,
};

/** Seconds, as the schema's pattern has them for suites. */
const TIME = /^(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?$/;

/** What of the document Jenkins' schema does not allow: `testsuites has skipped`. */
export function invalidIn(root: Element): string[] {
  return root.name === 'testsuites' ? mistakes(root) : [`the root is ${root.name}`];
}

function mistakes({ name, attributes, children }: Element): string[] {
  const rule = SCHEMA[name];
  if (rule === undefined) return [`no element ${name}`];
  const { time } = attributes;
  return [
    ...rule.required.filter((attribute) => !(attribute in attributes)).map((each) => `${name} lacks ${each}`),
    ...Object.keys(attributes)
      .filter((attribute) => !rule.attributes.includes(attribute))
      .map((each) => `${name} has ${each}`),
    ...(time !== undefined && name !== 'testcase' && !TIME.test(time) ? [`${name} lasts ${time}`] : []),
    ...children.flatMap((child) =>
      rule.children.includes(child.name) ? mistakes(child) : [`${child.name} in ${name}`],
    ),
  ];
}
