import type { EditorPage } from '../fixtures/editor-page.ts';
import { expect, test } from '../fixtures/test.ts';

async function insert({ page, toolbar, text }: EditorPage, item: string) {
  await toolbar.getByRole('button', { name: 'Insert', exact: true }).click();
  await page.getByRole('menuitem', { name: item }).click();
  await expect(text).toBeFocused();
}

test('a callout is inserted, gets another kind and is made ordinary text again', async ({ pair }) => {
  const { first, second } = pair;
  await first.write('Mind the step');
  await insert(first, 'Callout');
  await first.page.keyboard.type('!');
  await expect(second.text.getByRole('note', { name: 'Note' })).toHaveText('Mind the step!');

  await first.toolbar.getByRole('button', { name: 'Callout: Note' }).click();
  await first.page.getByRole('menuitemradio', { name: 'Warning' }).click();
  await expect(second.text.getByRole('note', { name: 'Warning' })).toHaveText('Mind the step!');

  await first.toolbar.getByRole('button', { name: 'Callout: Warning' }).click();
  await first.page.getByRole('menuitem', { name: 'Make it ordinary text' }).click();
  await pair.agree();
  expect(await second.outline()).toEqual(['p: Mind the step!']);
});

test('a section is written, and closed by each for themselves', async ({ pair }) => {
  const { first, second } = pair;
  await first.write('Minutes');
  await insert(first, 'Collapsible section');
  await first.page.keyboard.press('Enter');
  await first.page.keyboard.type('Everybody came.');
  await first.page.keyboard.press('Enter');
  await first.page.keyboard.press('Enter');
  await first.page.keyboard.type('After');
  await pair.agree();

  const button = (editor: EditorPage) => editor.text.getByRole('button', { name: 'Section: Minutes' });
  const body = (editor: EditorPage) => editor.text.getByText('Everybody came.');
  await button(second).click();
  await expect(button(second)).toHaveAttribute('aria-expanded', 'false');
  await expect(body(second)).toBeHidden();
  await expect(body(first)).toBeVisible();

  // What is written there meanwhile does not open it; going there does.
  await body(first).click();
  await first.page.keyboard.press('End');
  await first.page.keyboard.type(' Even the cat.');
  await pair.agree();
  await expect(body(second)).toBeHidden();
  await second.text.getByText('Minutes').click();
  await second.page.keyboard.press('End');
  await second.page.keyboard.press('ArrowDown');
  await second.page.keyboard.type('! ');
  await pair.agree();
  expect((await first.outline()).at(-1)).toMatch(/!/);
  await second.text.getByText('Minutes').click();
  await second.page.keyboard.press('ControlOrMeta+Enter');
  await expect(body(second)).toBeVisible();
});

test('a page break begins a new page on paper, and only there', async ({ pair }) => {
  const { first, second } = pair;
  await first.write('First page');
  await first.page.keyboard.press('ControlOrMeta+Enter');
  await first.page.keyboard.type('Second page');
  await expect(second.text.getByRole('separator', { name: 'Page break' })).toBeVisible();
  const pagesOf = async () =>
    (await second.page.pdf()).toString('latin1').match(/\/Type\s*\/Page\b/g)?.length;
  expect(await pagesOf()).toBe(2);

  // What was written in one go is taken back in one; how fast this machine writes is not known.
  await expect(async () => {
    await first.page.keyboard.press('ControlOrMeta+z');
    await expect(first.text.getByRole('separator', { name: 'Page break' })).toHaveCount(0, { timeout: 1 });
  }).toPass();
  await pair.agree();
  expect(await pagesOf()).toBe(1);
});

test('everything is put in with the keyboard alone', async ({ user, documentId }) => {
  const editor = await user.open(documentId);
  const { keyboard } = editor.page;
  await editor.write('Words');
  await keyboard.press('Alt+F10');
  await expect(editor.toolbar.getByRole('button', { name: 'Undo', exact: true })).toBeFocused();
  await keyboard.press('ArrowLeft');
  await expect(editor.toolbar.getByRole('button', { name: 'Insert', exact: true })).toBeFocused();
  await keyboard.press('Enter');
  await expect(editor.page.getByRole('menuitem', { name: 'Callout' })).toBeFocused();
  await keyboard.press('Enter');
  await expect(editor.text).toBeFocused();
  await keyboard.type(' in a callout');
  await expect(editor.text.getByRole('note')).toHaveText('Words in a callout');
});

test('typing a slash finds what can be inserted', async ({ pair }) => {
  const { first, second } = pair;
  const { page } = first;
  const list = page.getByRole('listbox', { name: 'Insert' });
  await first.write('Mind the step /');
  await expect(list).toBeVisible();
  await page.keyboard.type('wa');
  await expect(list.getByRole('option')).toHaveText(['Warning']);
  await page.keyboard.press('Enter');
  await expect(list).toBeHidden();
  await page.keyboard.type('here');
  await expect(second.text.getByRole('note', { name: 'Warning' })).toHaveText('Mind the step here');

  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await page.keyboard.type('/');
  await list.getByRole('option', { name: 'Heading 2' }).click();
  await page.keyboard.type('Later, and/or never');
  await expect(list).toBeHidden();
  await expect(second.text.getByRole('heading', { level: 2 })).toHaveText('Later, and/or never');
});

test('a formula is typeset, changed and left with the keyboard', async ({ pair }) => {
  const { first, second } = pair;
  const { keyboard } = first.page;
  await first.write('The area is $a^2$, of course');
  await expect(second.text.locator('math')).toHaveText('a2');

  for (let times = 0; times < ', of course'.length + 1; times++) await keyboard.press('ArrowLeft');
  await keyboard.press('Enter');
  await keyboard.press('Backspace');
  await keyboard.type('3');
  await expect(second.text).toContainText('The area is $a^3$, of course');
  await keyboard.press('Enter');
  await expect(second.text.locator('math')).toHaveText('a3');
  await keyboard.type('!');
  await pair.agree();
  await expect(first.text).toContainText('!, of course');
});
