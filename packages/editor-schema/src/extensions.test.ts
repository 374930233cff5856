import { describe, expect, test } from 'vitest';
import { documentSchema } from './schema.ts';

const rendered = (href: string) =>
  documentSchema.marks.link?.spec.toDOM?.(documentSchema.mark('link', { href }), true) as unknown as [
    string,
    Record<string, string>,
  ];

describe('a link', () => {
  test('opens in a new tab that knows nothing of this one', () => {
    expect(rendered('https://example.org/')[1]).toMatchObject({
      href: 'https://example.org/',
      target: '_blank',
      rel: 'noopener noreferrer nofollow',
    });
  });

  test('with an unsafe target, however it got into the document, leads nowhere', () => {
    expect(rendered('javascript:alert(1)')[1].href).toBe('');
  });

  test('stores its target only', () => {
    expect(documentSchema.mark('link', { href: 'tel:1', class: 'x', target: '_top' }).attrs).toEqual({
      href: 'tel:1',
    });
  });
});
