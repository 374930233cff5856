import type { Page } from '@playwright/test';
import { areStored } from '../fixtures/laptop.ts';
import { test } from '../fixtures/network.ts';
import { expect } from '../fixtures/test.ts';

/** Closes the tab as a person does: the page is told. */
async function closeTab(page: Page) {
  const closed = page.waitForEvent('close');
  await page.close({ runBeforeUnload: true });
  await closed;
}

interface Way {
  readonly name: string;
  readonly leave: (page: Page) => Promise<unknown>;
  /** Whether the page is gone, and with it what was on its way: that is sent once more, and what waited for it. */
  readonly isGone: boolean;
}

const ways: Way[] = [
  { name: 'closes the tab', leave: closeTab, isGone: true },
  { name: 'reloads the page', leave: page => page.reload(), isGone: true },
  { name: 'goes to another site', leave: page => page.goto('about:blank'), isGone: true },
  {
    name: 'goes back to the list',
    leave: page => page.getByRole('link', { name: 'All documents' }).click(),
    isGone: false,
  },
];

for (const { name, leave, isGone } of ways) {
  test(`who ${name} while what they typed is on its way has it sent, once`, async ({
    pair,
    network,
    user2,
    documentId,
  }) => {
    const { first: other, second: leaving } = pair;
    await leaving.write('Sent.');
    await expect(other.text).toContainText('Sent.');
    await leaving.expectSaved();
    network.behaviour = 'holds edits up';
    // The first letter is on its way, the others wait for it.
    await leaving.write(' In flight.');
    await expect.poll(() => network.heldUp).toBe(1);
    await leave(leaving.page);
    await expect.poll(() => network.heldUp).toBeGreaterThanOrEqual(isGone ? 2 : 1);
    await expect(other.text).toHaveText('Sent.');

    network.behaviour = 'open';
    await expect(other.text).toHaveText('Sent. In flight.');
    const back = await user2.open(documentId);
    await back.expectSaved();
    for (const editor of [back, other]) {
      await expect.poll(() => editor.lines()).toEqual(['Sent. In flight.']);
    }
  });
}

test('what is too large to be sent while the tab closes is kept, and sent when the application is opened again', async ({
  pair,
  network,
  user2,
  documentId,
}) => {
  const { first: other, second: leaving } = pair;
  await leaving.write('Sent.');
  await expect(other.text).toContainText('Sent.');
  await leaving.expectSaved();
  const before = await user2.api.sequenceOf(documentId);
  network.behaviour = 'holds edits up';
  const pasted = ' and more'.repeat(10_000);
  await leaving.page.keyboard.insertText(pasted);
  await expect.poll(() => network.heldUp).toBe(1);
  await areStored(leaving.page);
  await closeTab(leaving.page);
  await expect.poll(() => network.heldUp).toBe(0);
  network.behaviour = 'open';
  await other.placeCursorAtStartOf('Sent.');
  await other.page.keyboard.type('!');
  await other.expectSaved();
  expect(await user2.api.sequenceOf(documentId)).toBe(before + 1);

  await (await user2.context.newPage()).goto('/');
  await expect(other.text).toContainText('and more');
  expect((await other.lines()).join('').replaceAll(pasted, '|')).toBe('!Sent.|');
});
