import { press, typeBrave } from '../fixtures/acts.ts';
import type { EditorPage } from '../fixtures/editor-page.ts';
import { expect, test } from '../fixtures/test.ts';

// What is held up here must not go by way of the service worker, where Playwright cannot reach it.
test.use({ serviceWorkers: 'block' });

async function chooseTable(editor: EditorPage, item: string) {
  await editor.text.getByText('Hello world').click();
  await editor.toolbar.getByRole('button', { name: 'Table', exact: true }).click();
  await editor.page.getByRole('menuitem', { name: item }).click();
}

test('what one types arrives in its place, while another changes the table', async ({ pair }) => {
  const { first } = pair;
  const tableWith = async () => {
    await pair.startWith('');
    await first.toolbar.getByRole('button', { name: 'Table', exact: true }).click();
    await press(first, 'Tab', 'Tab', 'Tab', 'Tab');
    await first.page.keyboard.type('Hello world');
    await pair.agree();
  };
  const sizeOf = async ({ text }: EditorPage) => [
    await text.getByRole('row').count(),
    await text.locator('th, td').count(),
  ];
  for (const [item, rows, cells] of [
    ['Insert row above', 4, 12],
    ['Insert row below', 4, 12],
    ['Insert column left', 3, 12],
    ['Insert column right', 3, 12],
  ] as const) {
    await test.step(item, async () => {
      await tableWith();
      await pair.apart(
        () => chooseTable(first, item),
        () => typeBrave(pair.second),
      );
      expect.soft(await first.outline(), item).toContain('tr td p: Hello brave world');
      expect.soft(await sizeOf(pair.second), item).toEqual([rows, cells]);
    });
  }
  for (const item of ['Delete row', 'Delete column', 'Delete table']) {
    await test.step(item, async () => {
      await tableWith();
      await pair.apart(
        () => chooseTable(first, item),
        () => typeBrave(pair.second),
      );
      expect.soft((await first.outline()).join('\n'), item).toContain('brave ');
      expect.soft(await first.text.getByText('Hello world').count(), item).toBe(0);
    });
  }
});
