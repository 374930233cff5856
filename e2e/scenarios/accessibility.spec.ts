import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
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
      await companion.page.getByRole('menuitem', { name: 'Collapsible section' }).press('Enter');
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
