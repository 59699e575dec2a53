import { type AnyNode, evaluated, isFunction } from './syntax.js';

/** Fields of classes that only their class sees, so that nobody can tell what they hold. */

/** Whether objects of a class with these members have such a field. */
export function isPrivate(members: readonly AnyNode[]): boolean {
  return members.some((member) => isPrivateField(member) && !isStatic(member));
}

/** Whether the class itself has one that may change. */
export function isPrivateOfClass(body: AnyNode & { type: 'ClassBody' }): boolean {
  const own = (body.body as readonly AnyNode[]).filter(isPrivateField).filter(isStatic);
  return own.some(
    (each) => isAccessor(each) || each.value?.type !== 'Literal' || assigns(body, nameOf(each.key)),
  );
}

type Field = AnyNode & { type: 'PropertyDefinition' };

function isPrivateField(member: AnyNode): member is Field {
  if (isAccessor(member)) return true;
  return member.type === 'PropertyDefinition' && member.key.type === 'PrivateIdentifier';
}

/** `accessor left = 0` keeps its value in a private field. */
const isAccessor = (member: AnyNode): boolean => (member as { accessor?: boolean }).accessor === true;

const isStatic = (member: AnyNode): boolean => (member as Field).static;

const nameOf = (node: AnyNode): string | null => (node.type === 'PrivateIdentifier' ? node.name : null);

/** Whether something in the class gives a private field of the name a value. */
function assigns(node: AnyNode, name: string | null): boolean {
  if (node.type === 'AssignmentExpression' && names(node.left as AnyNode, name)) return true;
  if (node.type === 'UpdateExpression' && names(node.argument as AnyNode, name)) return true;
  if ((node.type === 'ForOfStatement' || node.type === 'ForInStatement') && names(node.left, name))
    return true;
  const children = isFunction(node) ? [...node.params, node.body] : evaluated(node);
  return children.some((child) => assigns(child as AnyNode, name));
}

function names(node: AnyNode, name: string | null): boolean {
  if (node.type === 'MemberExpression' && nameOf(node.property) === name) return true;
  return evaluated(node).some((child) => names(child, name));
}
