import { expect, test } from '../fixtures/test.ts';

/** Two seconds after the end of their stream; a busy machine may take as long again, and more. */
const GONE_WITH_STREAM = { timeout: 8_000 };
/** Eleven seconds after the last report that arrived. */
const GONE_BY_EXPIRY = { timeout: 18_000 };

test.describe('two people write together', () => {
  test('in two browsers, each sees the words and the cursor of the other as they are typed', async ({
    pair,
    user,
    user2,
  }) => {
    const { first, second } = pair;

    await first.write('Good morning');
    await expect(second.text).toContainText('Good morning');
    await expect(second.cursorOf(user.name)).toBeVisible();

    await second.write(', everybody');
    await expect(first.text).toContainText('Good morning, everybody');
    await expect(first.cursorOf(user2.name)).toBeVisible();

    await Promise.all([first.expectSaved(), second.expectSaved()]);
  });

  test('one person in two tabs writes one text and is one person', async ({ user, documentId }) => {
    const [first, second] = [await user.open(documentId), await user.open(documentId)];
    await first.write('From the first tab. ');
    await expect(second.text).toContainText('From the first tab.');
    await second.write('From the second tab.');
    await expect(first.text).toContainText('From the first tab. From the second tab.');
    await expect(first.people.getByRole('listitem')).toHaveCount(1);
  });

  test('typing in the same paragraph at the same time, they end with the same text', async ({ pair }) => {
    const { first, second } = pair;
    await first.write('START END');
    await expect(second.text).toContainText('START END');

    await first.placeCursorAtStartOf('START END');
    await second.text.focus();
    await second.page.keyboard.press('ControlOrMeta+End');
    await Promise.all([
      first.page.keyboard.type('alpha bravo charlie delta echo foxtrot ', { delay: 10 }),
      second.page.keyboard.type(' golf hotel india juliett kilo lima', { delay: 10 }),
    ]);

    const expected = 'alpha bravo charlie delta echo foxtrot START END golf hotel india juliett kilo lima';
    await expect.poll(() => first.lines()).toEqual([expected]);
    await expect.poll(() => second.lines()).toEqual([expected]);
  });

  test('typing at the very same place at the same time, no character is lost and both see the same', async ({
    pair,
  }) => {
    const { first, second } = pair;
    await first.text.focus();
    await second.text.focus();
    await Promise.all([
      first.page.keyboard.type('a'.repeat(60), { delay: 8 }),
      second.page.keyboard.type('b'.repeat(60), { delay: 8 }),
    ]);
    const lettersOf = async (editor: typeof first) => [...(await editor.lines()).join('')].sort().join('');
    await expect.poll(() => lettersOf(first)).toBe('a'.repeat(60) + 'b'.repeat(60));
    await expect.poll(() => lettersOf(second)).toBe('a'.repeat(60) + 'b'.repeat(60));
    await expect.poll(async () => (await first.lines()).join('\n')).toBe((await second.lines()).join('\n'));
  });

  test('somebody who comes late sees everything', async ({ user, user2, documentId }) => {
    const first = await user.open(documentId);
    await first.write('# Minutes\nWritten before anybody else came.');
    await first.expectSaved();
    await user.api.share(documentId, 'user2', 'editor');

    const late = await user2.open(documentId);
    await expect(late.text.getByRole('heading', { name: 'Minutes' })).toBeVisible();
    await expect(late.text).toContainText('Written before anybody else came.');
    await late.write(' And after.');
    await expect(first.text).toContainText('Written before anybody else came. And after.');
  });

  test('undo takes back only what I did', async ({ pair }) => {
    const { first, second } = pair;
    await first.write('mine');
    await expect(second.text).toContainText('mine');
    await second.write(' theirs');
    await expect(first.text).toContainText('mine theirs');

    await first.text.focus();
    await first.page.keyboard.press('ControlOrMeta+z');
    await expect.poll(() => first.lines()).toEqual([' theirs']);
    await expect.poll(() => second.lines()).toEqual([' theirs']);

    await first.page.keyboard.press('ControlOrMeta+Shift+z');
    await expect.poll(() => second.lines()).toEqual(['mine theirs']);
  });

  test('a new title is seen by the other at once', async ({ pair }) => {
    const { first, second } = pair;
    await first.title.fill('A better title');
    await first.title.press('Enter');
    await expect(second.title).toHaveValue('A better title');
    await expect(second.page).toHaveTitle(/^A better title/);
  });
});

test.describe('presence', () => {
  test('a click on a face leads to its cursor, and follows it until one looks elsewhere', async ({
    pair,
    user2,
  }) => {
    const { first, second } = pair;
    await second.write('Top');
    for (let line = 0; line < 40; line++) await second.page.keyboard.press('Enter');
    await second.page.keyboard.type('Bottom');
    await expect(first.text).toContainText('Bottom');
    const cursor = first.cursorOf(user2.name);
    await expect(cursor).not.toBeInViewport();

    const face = first.people.getByRole('button', { name: `Follow ${user2.name}` });
    await face.click();
    await expect(cursor).toBeInViewport();
    await expect(face).toHaveAttribute('aria-pressed', 'true');
    await second.page.keyboard.press('ControlOrMeta+Home');
    await expect(first.text.getByText('Top')).toBeInViewport();

    await first.page.mouse.move(600, 500);
    await first.page.mouse.wheel(0, 10);
    await expect(face).toHaveAttribute('aria-pressed', 'false');
    await second.page.keyboard.press('ControlOrMeta+End');
    await second.page.keyboard.type('!');
    await expect(first.text).toContainText('Bottom!');
    await expect(first.text.getByText('Top')).toBeInViewport();
  });

  test('following somebody into a section that is closed here opens it', async ({ pair, user2 }) => {
    const { first, second } = pair;
    await second.toolbar.getByRole('button', { name: 'Insert', exact: true }).click();
    await second.page.getByRole('menuitem', { name: 'Collapsible section' }).click();
    await expect(second.text).toBeFocused();
    await second.page.keyboard.type('In short\nat length');
    await expect(first.text).toContainText('at length');
    const section = first.text.getByRole('button', { name: 'Section: In short' });
    await section.click();
    await expect(first.text.getByText('at length')).toBeHidden();
    await first.people.getByRole('button', { name: `Follow ${user2.name}` }).click();
    await expect(first.cursorOf(user2.name)).toBeInViewport();
    await expect(section).toHaveAttribute('aria-expanded', 'true');
  });

  test('people appear when they come and vanish when they go', async ({ user, user2, documentId }) => {
    await user.api.share(documentId, 'user2', 'viewer');
    const first = await user.open(documentId);
    await expect(first.people.getByRole('listitem')).toHaveCount(1);

    const second = await user2.open(documentId);
    await expect(first.people.getByRole('listitem')).toHaveCount(2);
    await expect(first.people.getByRole('listitem', { name: user2.name })).toBeVisible();
    await expect(second.people.getByRole('listitem', { name: user.name })).toBeVisible();

    const coloursOf = ({ people }: typeof first) =>
      people
        .locator('[data-initials]')
        .evaluateAll(all => all.map(one => getComputedStyle(one).backgroundColor));
    const [mine, theirs] = await coloursOf(first);
    expect(mine).not.toBe(theirs);
    expect(await coloursOf(second)).toEqual([theirs, mine]);

    await second.page.close();
    await expect(first.people.getByRole('listitem')).toHaveCount(1, GONE_WITH_STREAM);
  });

  test('whoever does nothing, because another tab is in front, is shown as idle', async ({ pair, user2 }) => {
    const { first, second } = pair;
    const show = (state: DocumentVisibilityState) =>
      second.page.evaluate(visibility => {
        Object.defineProperty(document, 'visibilityState', { configurable: true, value: visibility });
        document.dispatchEvent(new Event('visibilitychange'));
      }, state);
    await expect(first.people.getByRole('listitem', { name: user2.name, exact: true })).toBeVisible();
    await show('hidden');
    await expect(first.people.getByRole('listitem', { name: `${user2.name}, idle` })).toBeVisible();
    await show('visible');
    await expect(first.people.getByRole('listitem', { name: user2.name, exact: true })).toBeVisible();
  });

  test('whoever loses the network without a word is gone within seconds', async ({ pair, user2 }) => {
    const { first } = pair;
    await expect(first.people.getByRole('listitem')).toHaveCount(2);
    // Chromium leaves the stream open: as when the network is gone, nobody tells the server.
    await user2.context.setOffline(true);
    await expect(first.people.getByRole('listitem')).toHaveCount(1, GONE_BY_EXPIRY);
    await user2.context.setOffline(false);
    await expect(first.people.getByRole('listitem')).toHaveCount(2);
  });

  test('one person in three tabs is one', async ({ user, user2, documentId }) => {
    await user.api.share(documentId, 'user2', 'editor');
    const first = await user.open(documentId);
    const tabs = [await user2.open(documentId), await user2.open(documentId), await user2.open(documentId)];
    await expect(first.people.getByRole('listitem')).toHaveCount(2);
    for (const tab of tabs) await expect(tab.people.getByRole('listitem')).toHaveCount(2);
    await tabs[0]?.page.close();
    await tabs[1]?.page.close();
    await tabs[2]?.write('Still here.');
    await expect(first.text).toContainText('Still here.');
    await expect(first.people.getByRole('listitem')).toHaveCount(2);
  });

  test('a cursor goes with its owner', async ({ pair, user2 }) => {
    const { first, second } = pair;
    await second.write('here I am');
    await expect(first.cursorOf(user2.name)).toBeVisible();
    // A context is closed without a chance to send anything.
    await expect(first.text).toContainText('here I am');
    await user2.context.close();
    await expect(first.cursorOf(user2.name)).toHaveCount(0, GONE_WITH_STREAM);
    await expect(first.text).toContainText('here I am');
  });
});
