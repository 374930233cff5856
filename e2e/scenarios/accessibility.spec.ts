import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { anHourLater, changesIn, goOffline } from '../fixtures/absence.ts';
import { users } from '../fixtures/api.ts';
import { EditorPage } from '../fixtures/editor-page.ts';
import { upgradeServer, writeFromTheFuture } from '../fixtures/older-page.ts';
import { expect, test } from '../fixtures/test.ts';

const viewports = {
  desktop: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
} as const;

/** No violation of WCAG 2.2 A and AA that axe can find, and nothing to scroll sideways for. */
async function expectAccessible(page: Page) {
  await page.evaluate(() => document.fonts.ready);
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze();
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
  );
  expect(found).toEqual([]);
  const overflow = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
  expect(overflow).toBeLessThanOrEqual(0);
}

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [device, viewport] of Object.entries(viewports)) {
    test(`every screen is accessible: ${colorScheme}, ${device}`, async ({
      visitor,
      user,
      user2,
      documentId,
    }) => {
      await user.api.share(documentId, 'user2', 'editor');
      const companion = await user2.open(documentId);
      await companion.write('# A heading\nSome words. [a link](https://example.org) \n###### Small print\n');
      await companion.write(
        '[ ] a task\n\n[!tip] Look around\n\n[!warning] Look out\n\n[!note] Look here\n\n',
      );
      await companion.toolbar.getByRole('button', { name: 'Insert', exact: true }).click();
      await companion.page.getByRole('menuitem', { name: 'Collapsible section' }).click();
      await expect(companion.text).toBeFocused();
      await companion.page.keyboard.type('In short\nat length');
      await companion.page.keyboard.press('ControlOrMeta+Enter');

      const arrange = async (page: Page) => {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.setViewportSize(viewport);
      };
      const page = await visitor.newPage();
      await arrange(page);
      await page.goto('/');
      await expect(page.getByLabel('Password')).toBeVisible();
      await expectAccessible(page);

      const editor = await user.open(documentId);
      await arrange(editor.page);
      await expect(editor.text).toContainText('Some words');
      await expect(editor.people.getByRole('listitem')).toHaveCount(2);
      await expect(editor.text.getByRole('separator', { name: 'Page break' })).toBeVisible();
      await expectAccessible(editor.page);
      await editor.toolbar.getByRole('button', { name: 'Insert', exact: true }).click();
      await expect(editor.page.getByRole('menu')).toBeVisible();
      await expectAccessible(editor.page);
      await editor.page.keyboard.press('Escape');
      await editor.write('/');
      await expect(editor.page.getByRole('listbox', { name: 'Insert' })).toBeVisible();
      await expectAccessible(editor.page);
      await editor.page.keyboard.press('Escape');

      await editor.page.getByRole('button', { name: 'Share' }).click();
      await expect(editor.page.getByRole('dialog')).toBeVisible();
      await expectAccessible(editor.page);

      await editor.page.goto('/');
      await expect(editor.page.getByRole('list', { name: 'Documents', exact: true })).toBeVisible();
      await expectAccessible(editor.page);
      await editor.page
        .getByRole('button', { name: /^Actions for/ })
        .first()
        .click();
      await expect(editor.page.getByRole('menu')).toBeVisible();
      await expectAccessible(editor.page);

      await editor.page.goto('/nowhere');
      await expect(editor.page.getByRole('heading')).toBeVisible();
      await expectAccessible(editor.page);
    });
  }
}

const appearances = [
  { colorScheme: 'light', viewport: viewports.desktop },
  { colorScheme: 'dark', viewport: viewports.phone },
] as const;

/** More Tabs than there are places for them on any of the screens. */
const MAX_TABS = 60;

/** Goes there with the Tab key alone; where one is has to be seen. */
async function tabTo(page: Page, target: Locator) {
  for (let tabs = 0; tabs < MAX_TABS; tabs++) {
    const isFocused = await target.evaluate(element => element === document.activeElement);
    if (isFocused) break;
    await page.keyboard.press('Tab');
  }
  await expect(target).toBeFocused();
  const isSeen = await target.evaluate(element =>
    [undefined, '::after'].some(part => getComputedStyle(element, part).outlineStyle === 'solid'),
  );
  expect(isSeen).toBe(true);
}

for (const { colorScheme, viewport } of appearances) {
  const device = viewport === viewports.phone ? 'phone' : 'desktop';
  test.describe(`when something stands in the way, ${colorScheme}, ${device}`, () => {
    const arrange = async (page: Page) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize(viewport);
    };

    test('who has no access, or loses it, finds every screen accessible, and their way by keyboard', async ({
      user,
      user2,
      documentId,
    }) => {
      const page = await user2.context.newPage();
      await arrange(page);
      await page.goto(`/documents/${documentId}`);
      await expect(page.getByRole('heading', { name: 'Document not found' })).toBeVisible();
      await expectAccessible(page);
      await tabTo(page, page.getByRole('button', { name: 'Ask for access' }));
      await page.keyboard.press('Enter');
      await expect(page.getByText('The owner has been asked.')).toBeVisible();
      await expectAccessible(page);

      await user.api.share(documentId, 'user2', 'editor');
      const guest = new EditorPage(page);
      await guest.write('Sent.');
      await guest.expectSaved();
      const open = await guest.holdEdits();
      await guest.write(' Not sent.');
      await user.api.withdraw(documentId, 'user2');
      open();
      const panel = page.getByRole('alert').filter({ hasText: 'no longer have access' });
      await expect(panel).toBeVisible();
      await expectAccessible(page);
      await tabTo(page, panel.getByRole('button', { name: 'Copy the text' }));
      await tabTo(page, panel.getByRole('button', { name: 'Ask for access' }));
      await tabTo(page, panel.getByRole('button', { name: /^Discard/ }));
      await page.keyboard.press('Enter');
      await expect(page.getByRole('dialog', { name: /^Discard/ })).toBeVisible();
      await expectAccessible(page);
      await page.keyboard.press('Escape');
      await tabTo(page, panel.getByRole('link', { name: 'All documents' }));
      await page.keyboard.press('Enter');
      const lost = page.getByRole('region', { name: 'Written on this device, and not saved' });
      await expect(lost).toBeVisible();
      await expectAccessible(page);
      await tabTo(page, lost.getByRole('link'));

      // Where somebody has logged in anew nothing is left of the document but the words.
      await user2.context.clearCookies();
      await page.goto('/login');
      await page.getByLabel('E-mail').fill(users.user2.email);
      await page.getByLabel('Password').fill(users.user2.password);
      await page.keyboard.press('Enter');
      await expect(lost).toBeVisible();
      await page.goto(`/documents/${documentId}`);
      await expect(page.getByRole('region', { name: 'What you wrote' })).toBeVisible();
      await expectAccessible(page);
    });

    test('who is told of changes, of a newer server, or of the end of their session can go on by keyboard', async ({
      user,
      user2,
      documentId,
    }) => {
      await user.api.share(documentId, 'user2', 'editor');
      const editor = await user.open(documentId);
      const { page } = editor;
      await arrange(page);
      await editor.write('One\nTwo');
      await editor.expectSaved();
      await goOffline(user, documentId);
      await editor.write(' mine');
      await expect(editor.status).toContainText(/^Offline/);
      await expectAccessible(page);
      await user.api.share(documentId, 'user2', 'editor');
      const other = await user2.open(documentId);
      await other.placeCursorAtStartOf('Two');
      await other.page.keyboard.type('Theirs ');
      await other.expectSaved();
      await other.page.close();
      await anHourLater(user.context);
      await user.context.setOffline(false);
      const changes = changesIn(page);
      await expect(changes).toBeVisible();
      await editor.expectSaved();
      await expectAccessible(page);
      await page.keyboard.press('F8');
      const announced = page.getByRole('status').filter({ hasText: 'Change 1 of 1' });
      await expect(announced).toContainText('changed by you, too');
      await tabTo(page, changes.getByRole('button', { name: 'Next change' }));
      await page.keyboard.press('Enter');
      await tabTo(page, changes.getByRole('button', { name: 'Dismiss changes' }));
      await page.keyboard.press('Enter');
      await expect(changes).toHaveCount(0);

      await upgradeServer(page);
      await writeFromTheFuture(user.api, documentId);
      const banner = page.getByRole('alert').filter({ hasText: 'older than the document' });
      await expect(banner).toBeVisible();
      await expectAccessible(page);
      await page.unroute('**/api/config');
      await tabTo(page, banner.getByRole('button', { name: 'Reload' }));
      await page.keyboard.press('Enter');
      await expect(banner).toHaveCount(0);
      await expect(editor.text).toHaveAttribute('contenteditable', 'true');

      await user.context.clearCookies();
      await editor.write('!');
      const dialog = page.getByRole('dialog', { name: 'You have been logged out' });
      await expect(dialog.getByLabel('Password')).toBeFocused();
      await expectAccessible(page);
      await page.keyboard.type(users.user.password);
      await page.keyboard.press('Enter');
      await expect(dialog).toHaveCount(0);
      await editor.expectSaved();
    });

    test('where a document cannot be loaded, the screen is accessible, and it can be tried again by keyboard', async ({
      user,
      documentId,
    }) => {
      const page = await user.context.newPage();
      await arrange(page);
      // By itself it would not be tried before long.
      const headers = { 'retry-after': '3600' };
      await page.route('**/updates?*', route => route.fulfill({ status: 503, headers, body: 'no' }));
      await page.goto(`/documents/${documentId}`);
      const retry = page.getByRole('button', { name: 'Try again' });
      await expect(retry).toBeVisible();
      await expectAccessible(page);
      await page.unroute('**/updates?*');
      await tabTo(page, retry);
      await page.keyboard.press('Enter');
      await expect(page.getByRole('textbox', { name: 'Document text' })).toBeVisible();
    });
  });
}
