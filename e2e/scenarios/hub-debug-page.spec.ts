import { AxeBuilder } from '@axe-core/playwright';
import { startHubProgram } from '../fixtures/hub-program.ts';
import { hubToken, publish } from '../fixtures/mercure.ts';
import { test as base, expect } from '../fixtures/test.ts';

const secret = '!ChangeThisMercureHubJWTSecretKey!';
const topic = 'https://example.com/hello';

const test = base.extend<{ hubUrl: string }>({
  hubUrl: async ({ browserName: _ }, use) => {
    await using hub = await startHubProgram({
      MERCURE_JWT_SECRET_KEY: secret,
      MERCURE_SUBSCRIPTIONS: 'true',
      MERCURE_DEBUG_PAGE: 'true',
      MERCURE_LOG_LEVEL: 'error',
    });
    await use(hub.url);
  },
  baseURL: async ({ hubUrl }, use) => use(`${hubUrl}/.well-known/mercure/debug/`),
});

test('somebody looks into a hub: subscribes, publishes, and sees who else listens, live', async ({
  page,
  hubUrl,
  browser,
  baseURL,
}) => {
  const origins = new Set<string>();
  const problems: string[] = [];
  page.on('request', request => origins.add(new URL(request.url()).origin));
  page.on('pageerror', error => problems.push(error.message));
  await page.goto('');

  await page.getByRole('button', { name: 'Subscribe', exact: true }).click();
  await expect(page.getByText(/^401: /)).toBeVisible();

  await page
    .getByRole('textbox', { name: 'Token' })
    .fill(await hubToken({ publish: ['*'], subscribe: ['*'] }));
  await expect(page.getByText('"subscribe":["*"]')).toBeVisible();
  await page.getByRole('button', { name: 'Subscribe', exact: true }).click();
  await expect(page.getByText('Connected', { exact: true })).toBeVisible();

  await page.getByRole('textbox', { name: 'Data' }).fill('from the page');
  await page.getByLabel('private').check();
  await page.getByRole('button', { name: 'Publish' }).click();
  const events = page.getByRole('list', { name: 'Events' }).getByRole('listitem');
  await expect(events).toHaveCount(1);
  await expect(events.first()).toContainText('from the page');
  await expect(page.locator('#publish-state')).toContainText('urn:uuid:');
  await publish(hubUrl, topic, 'from elsewhere');
  await expect(events.first()).toContainText('from elsewhere');

  await page.getByRole('button', { name: 'Watch' }).click();
  const rows = page.getByRole('table').locator('tbody tr');
  // The page's own streams: that of the form, and the one that follows the subscriptions.
  await expect(rows).toHaveCount(2);
  const other = await browser.newContext(baseURL === undefined ? {} : { baseURL });
  const otherPage = await other.newPage();
  await otherPage.goto('');
  await otherPage.getByRole('textbox', { name: 'Token' }).fill(await hubToken({ subscribe: ['*'] }));
  await otherPage
    .getByRole('textbox', { name: 'Topics, one a line' })
    .first()
    .fill('https://example.com/other');
  await otherPage.getByRole('button', { name: 'Subscribe', exact: true }).click();
  await expect(rows.filter({ hasText: 'https://example.com/other' })).toHaveCount(1);
  await other.close();
  await expect(rows.filter({ hasText: 'https://example.com/other' })).toHaveCount(0);

  await page.getByRole('button', { name: 'Disconnect' }).click();
  await expect(rows).toHaveCount(1);
  expect([...origins]).toEqual([hubUrl]);
  expect(problems).toEqual([]);
});

for (const [device, viewport] of [
  ['a desktop', { width: 1280, height: 900 }],
  ['a phone', { width: 390, height: 844 }],
] as const) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`it can be read and used on ${device}, in ${colorScheme} colours`, async ({
      browser,
      baseURL,
    }, testInfo) => {
      const context = await browser.newContext({
        viewport,
        colorScheme,
        ...(baseURL === undefined ? {} : { baseURL }),
      });
      const page = await context.newPage();
      await page.goto('');
      await page
        .getByRole('textbox', { name: 'Token' })
        .fill(await hubToken({ publish: ['*'], subscribe: ['*'] }));
      await page.getByRole('button', { name: 'Subscribe', exact: true }).click();
      await page.getByRole('button', { name: 'Watch' }).click();
      await page.getByRole('button', { name: 'Publish' }).click();
      await expect(page.getByRole('list', { name: 'Events' }).getByRole('listitem')).toHaveCount(1);
      await expect(page.getByRole('table').locator('tbody tr')).toHaveCount(2);
      await testInfo.attach('page', {
        body: await page.screenshot({ fullPage: true, path: testInfo.outputPath('page.png') }),
        contentType: 'image/png',
      });
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow).toBe(0);
      await context.close();
    });
  }
}
