import type * as Y from 'yjs';
import type { NodeKind } from './kinds.ts';
import { ATTRIBUTE, MARK, TYPE } from './storage.ts';
import { sameValue, type Value, type Values } from './values.ts';

/** The values that differ; `undefined`: there is none any more. */
export function changedValues(before: Values, now: Values): [string, Value][] {
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...names].filter(name => !sameValue(before[name], now[name])).map(name => [name, now[name]]);
}

export function setOrDelete(map: Y.Map<Value>, key: string, value: Value): void {
  if (value === undefined) {
    if (map.has(key)) map.delete(key);
  } else if (!sameValue(map.get(key), value)) map.set(key, value);
}

/**
 * What to change in what is stored. A block that becomes another kind must not take up attributes that were left there by
 * somebody else's change at the same time.
 */
export function kindChanges(before: NodeKind, now: NodeKind, stored: NodeKind): [string, Value][] {
  const old = before.type === now.type ? before : stored;
  const changes: [string, Value][] = before.type === now.type ? [] : [[TYPE, now.type]];
  for (const [name, value] of changedValues(old.attributes, now.attributes))
    changes.push([ATTRIBUTE + name, value]);
  for (const [key, value] of changedValues(before.marks, now.marks)) changes.push([MARK + key, value]);
  return changes;
}
