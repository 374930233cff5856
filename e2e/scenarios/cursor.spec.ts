import { expect, test } from '../fixtures/test.ts';

test('a key right after a click counts where the click was', async ({ user, documentId }) => {
  const { text, page } = await user.open(documentId);
  await text.focus();
  await page.keyboard.type('first line\nsecond line\nthird line');
  // The commands are sent in one go, as fast as the browser takes them.
  const click = async (words: string) => {
    const box = await text.getByText(words).boundingBox();
    if (box === null) throw new Error('not on the page');
    const { mouse } = page;
    await mouse.move(box.x + 1, box.y + box.height / 2);
    return [mouse.down(), mouse.up()];
  };
  for (const words of ['second line', 'third line', 'first line']) {
    await Promise.all([...(await click(words)), page.keyboard.press('Home'), page.keyboard.press('Enter')]);
  }
  await expect(text.locator('p')).toHaveText(['', 'first line', '', 'second line', '', 'third line']);
});

test('a click on the checkbox of a task leaves the cursor where it was', async ({ user, documentId }) => {
  const editor = await user.open(documentId);
  const { text, page } = editor;
  await editor.write('[ ] water the plants\nfeed the cat');
  await text.getByRole('checkbox').first().click();
  await expect(text).toBeFocused();
  await page.keyboard.type('s');
  await expect(text.locator('li p')).toHaveText(['water the plants', 'feed the cats']);
  await expect(text.getByRole('checkbox').first()).toBeChecked();

  await editor.title.focus();
  await text.getByRole('checkbox').last().click();
  await expect(text).toBeFocused();
  await page.keyboard.type('!');
  await expect(text.locator('li p')).toHaveText(['water the plants', 'feed the cats!']);
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(text.getByRole('checkbox').last()).not.toBeChecked();
});
