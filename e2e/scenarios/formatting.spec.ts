import { expect, test } from '../fixtures/test.ts';

test('everything that Markdown shortcuts make is seen by the other as it is', async ({ pair }) => {
  const { first, second } = pair;
  const { keyboard } = first.page;
  await first.text.focus();
  await keyboard.type('# A heading\n**bold** and *italic* and ~~struck~~ and `code`\n');
  await keyboard.type('- a point\nanother\n\n');
  await keyboard.type('1. first\nsecond\n\n');
  await keyboard.type('[ ] a task\n\n');
  await keyboard.type('> a quotation\n\n');
  await keyboard.type('---');
  await keyboard.type('``` let x = 1;');

  const { text } = second;
  await expect(text.getByRole('heading', { level: 1, name: 'A heading' })).toBeVisible();
  await expect(text.locator('strong', { hasText: 'bold' })).toBeVisible();
  await expect(text.locator('em', { hasText: 'italic' })).toBeVisible();
  await expect(text.locator('s', { hasText: 'struck' })).toBeVisible();
  await expect(text.locator('p code', { hasText: 'code' })).toBeVisible();
  await expect(text.locator('ul:not([data-type]) > li')).toHaveText(['a point', 'another']);
  await expect(text.locator('ol > li')).toHaveText(['first', 'second']);
  await expect(text.getByRole('checkbox')).not.toBeChecked();
  await expect(text.locator('blockquote')).toHaveText('a quotation');
  await expect(text.locator('hr')).toBeVisible();
  await expect(text.locator('pre')).toContainText('let x = 1;');
});

test('a task that one ticks is ticked for the other', async ({ pair }) => {
  const { first, second } = pair;
  await first.write('[ ] water the plants');
  await second.text.getByRole('checkbox').check();
  await expect(first.text.getByRole('checkbox')).toBeChecked();
  await expect.poll(async () => (await first.lines()).join()).toContain('water the plants');
});

test('the toolbar formats a selection and shows what is in force', async ({ user, documentId }) => {
  const editor = await user.open(documentId);
  await editor.write('plain');
  await editor.page.keyboard.press('ControlOrMeta+a');
  for (const [name, tag] of [
    ['Bold', 'strong'],
    ['Italic', 'em'],
    ['Strikethrough', 's'],
  ] as const) {
    const button = editor.toolbar.getByRole('button', { name, exact: true });
    await button.click();
    await expect(editor.text.locator(tag)).toHaveText('plain');
    await expect(button).toHaveAttribute('aria-pressed', 'true');
  }
  await editor.toolbar.getByRole('button', { name: 'Quote', exact: true }).click();
  await expect(editor.text.locator('blockquote')).toHaveText('plain');
});

test('the toolbar is walked with the arrow keys', async ({ user, documentId }) => {
  const editor = await user.open(documentId);
  await editor.text.focus();
  await editor.toolbar.getByRole('button', { name: 'Bold', exact: true }).focus();
  await editor.page.keyboard.press('ArrowRight');
  await expect(editor.toolbar.getByRole('button', { name: 'Italic', exact: true })).toBeFocused();
  await editor.page.keyboard.press('ArrowLeft');
  await expect(editor.toolbar.getByRole('button', { name: 'Bold', exact: true })).toBeFocused();
});

test('a table is inserted, filled by two people and grows', async ({ pair }) => {
  const { first, second } = pair;
  await first.text.focus();
  await first.toolbar.getByRole('button', { name: 'Table', exact: true }).click();
  await expect(second.text.getByRole('table')).toBeVisible();
  const rows = await second.text.getByRole('row').count();

  await first.text.getByRole('columnheader').first().click();
  await first.page.keyboard.type('Who');
  await second.text.getByRole('cell').first().click();
  await second.page.keyboard.type('us');
  await expect(first.text.getByRole('table')).toContainText('us');
  await expect(second.text.getByRole('table')).toContainText('Who');

  await first.toolbar.getByRole('button', { name: 'Table', exact: true }).click();
  await first.page.getByRole('menuitem', { name: /row below/i }).click();
  await expect(second.text.getByRole('row')).toHaveCount(rows + 1);
});

test('a link is made from a selection, with the keyboard', async ({ user, documentId }) => {
  const editor = await user.open(documentId);
  await editor.write('the specification');
  await editor.page.keyboard.press('ControlOrMeta+a');
  await editor.page.keyboard.press('ControlOrMeta+k');
  const address = editor.page.getByLabel('Link to');
  await expect(address).toBeFocused();
  await address.fill('example.org/spec');
  await address.press('Enter');
  await expect(editor.text.getByRole('link', { name: 'the specification' })).toHaveAttribute(
    'href',
    /example\.org\/spec$/,
  );

  await expect(editor.text).toBeFocused();
  await editor.page.keyboard.press('ControlOrMeta+k');
  await address.fill('javascript:alert(1)');
  await address.press('Enter');
  await expect(editor.page.getByRole('alert')).toContainText('That is not the address');
  await expect(editor.text.locator('a[href^="javascript"]')).toHaveCount(0);
});
