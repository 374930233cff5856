import type { Locator, Page } from '@playwright/test';
import { expect, test } from '../fixtures/test.ts';

/** Where a locator is in the window. */
async function boxOf(locator: Locator) {
  const box = await locator.boundingBox();
  if (box === null) throw new Error('not on the page');
  return { ...box, right: box.x + box.width, bottom: box.y + box.height };
}

/** How far the words of a block reach to the left and to the right. */
const wordsIn = (block: Locator) =>
  block.evaluate(element => {
    const range = document.createRange();
    range.selectNodeContents(element);
    const { left, right } = range.getBoundingClientRect();
    return { left, right };
  });

async function repeat(page: Page, key: string, times: number) {
  for (let time = 0; time < times; time++) await page.keyboard.press(key);
}

test('the cursor, and what is written there, never hides under the toolbar', async ({ user, documentId }) => {
  const editor = await user.open(documentId);
  const { text, page, toolbar } = editor;
  await page.setViewportSize({ width: 900, height: 500 });
  await editor.write(Array.from({ length: 30 }, (_, line) => `line ${line}.`).join('\n'));
  await repeat(page, 'ArrowUp', 20);
  await page.keyboard.type(' here');
  await expect(text.getByText('line 9. here')).toBeInViewport();
  const edge = (await boxOf(toolbar)).bottom;
  expect((await boxOf(text.getByText('line 9. here'))).y).toBeGreaterThan(edge);

  // Where the browser moves the cursor it scrolls, where a command does the editor.
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  await page.keyboard.press('Enter');
  await page.keyboard.type('below');
  await expect.poll(async () => (await boxOf(text.getByText('below'))).y).toBeGreaterThan(edge);
});

test('Arabic and Hebrew run from right to left, their bullets and ticks with them, beside what does not', async ({
  user,
  documentId,
}) => {
  const editor = await user.open(documentId);
  const { text } = editor;
  await editor.write('Hello\nمرحبا يا عالم\n- שלום עולם\n\n> اقتباس\n\n\n[] مهمة\nA task');
  const [hello, arabic, point, quote, task, last] = await Promise.all(
    ['Hello', 'مرحبا يا عالم', 'שלום עולם', 'اقتباس', 'مهمة', 'A task'].map(words =>
      wordsIn(text.locator('p').getByText(words)),
    ),
  );
  const sheet = await boxOf(text);
  expect(hello?.left).toBeCloseTo(sheet.x, 0);
  expect(arabic?.right).toBeCloseTo(sheet.right, 0);
  // Room for the bullet and the rule.
  expect(point?.right).toBeLessThan(sheet.right - 10);
  expect(quote?.right).toBeLessThan(sheet.right - 10);
  expect(point?.left).toBeGreaterThan(sheet.x + sheet.width / 2);
  const [rightTick, leftTick] = [text.getByRole('checkbox').first(), text.getByRole('checkbox').last()];
  expect((await boxOf(rightTick)).x).toBeGreaterThan(task?.right ?? Number.NaN);
  expect((await boxOf(leftTick)).right).toBeLessThan(last?.left ?? Number.NaN);
});

test('who listens to the text hears no names of cursors in it, and each task once', async ({
  pair,
  user2,
}) => {
  const { first, second } = pair;
  await first.write('Hello world\n[] buy milk');
  await second.placeCursorIn('Hello world', 5);
  await expect(first.cursorOf(user2.name)).toBeVisible();
  const devtools = await first.page.context().newCDPSession(first.page);
  const { nodes } = await devtools.send('Accessibility.getFullAXTree');
  const heard = nodes.filter(({ role }) => role?.value === 'StaticText').map(({ name }) => name?.value);
  expect(heard.join('')).toContain('Hello world');
  expect(heard).not.toContain(user2.name);
  // A task is named by its box, and read in the text.
  expect(nodes.filter(({ role }) => role?.value === 'checkbox').map(({ name }) => name?.value)).toEqual([
    'buy milk',
  ]);
  expect(heard.filter(words => String(words).includes('buy milk'))).toHaveLength(1);
});

test('on paper there is the whole document and nothing else', async ({ user, documentId }) => {
  const editor = await user.open(documentId);
  const { text, page, toolbar } = editor;
  await editor.write('[x] done\n\n/sec\nTitle\nhidden words');
  await text.getByRole('button', { name: 'Section: Title' }).click();
  await expect(text.getByText('hidden words')).toBeHidden();
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await expect(text.getByText('hidden words')).toBeVisible();
  await expect(toolbar).toBeHidden();
  await expect(text.getByRole('checkbox')).toHaveCSS('print-color-adjust', 'exact');
  await expect(text).toHaveCSS('color', 'rgb(35, 33, 29)');
});

test('a table that is wider than the page is printed as wide as the page', async ({ user, documentId }) => {
  const editor = await user.open(documentId);
  const { text, page } = editor;
  await editor.write('/table\n');
  await page.setViewportSize({ width: 400, height: 700 });
  for (let column = 0; column < 6; column++) {
    await editor.toolbar.getByRole('button', { name: 'Table' }).click();
    await page.getByRole('menuitem', { name: 'Insert column right' }).click();
  }
  const isWider = () =>
    text.locator('table').evaluate(table => {
      return table.getBoundingClientRect().width > (table.parentElement?.clientWidth ?? 0) + 1;
    });
  await expect.poll(isWider).toBe(true);
  await page.emulateMedia({ media: 'print' });
  expect(await isWider()).toBe(false);
});
