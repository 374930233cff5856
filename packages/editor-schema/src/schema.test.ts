import { createHash } from 'node:crypto';
import type { AttributeSpec } from '@tiptap/pm/model';
import { expect, test } from 'vitest';
import { DOCUMENT_SCHEMA_VERSION, documentSchema } from './schema.ts';

const attributesOf = (attrs: Readonly<Record<string, AttributeSpec>> | undefined) =>
  Object.entries(attrs ?? {}).map(([name, { default: initial, validate }]) => [
    name,
    initial,
    typeof validate,
  ]);

/** What documents can be made of, in short. */
function digestOfSchema(): string {
  const { nodes, marks } = documentSchema;
  const described = [
    Object.values(nodes).map(({ name, spec }) => [name, spec.content, spec.group, attributesOf(spec.attrs)]),
    Object.values(marks).map(({ name, spec }) => [name, spec.excludes, attributesOf(spec.attrs)]),
  ];
  return createHash('sha256').update(JSON.stringify(described)).digest('hex').slice(0, 12);
}

test('a changed schema has another version: raise it, and write down here what it stands for', () => {
  expect([DOCUMENT_SCHEMA_VERSION, digestOfSchema()]).toEqual([3, '207f21ea3d50']);
});
