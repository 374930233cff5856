import { publish } from '../fixtures/mercure.ts';
import { anonymousApi, expect, test } from '../fixtures/test.ts';

// What is held up here must not go by way of the service worker, where Playwright cannot reach it.
test.use({ serviceWorkers: 'block' });

test('a viewer sees what is written, live, and cannot type', async ({ user, user2, documentId }) => {
  await user.api.share(documentId, 'user2', 'viewer');
  const [writer, viewer] = await Promise.all([user.open(documentId), user2.open(documentId)]);
  await writer.write('Only to be read');
  await expect(viewer.text).toContainText('Only to be read');

  await expect(viewer.text).toHaveAttribute('contenteditable', 'false');
  await expect(viewer.toolbar).toHaveCount(0);
  await viewer.text.click();
  await viewer.page.keyboard.type('scribble');
  await writer.write(', by both');
  await expect.poll(() => viewer.lines()).toEqual(['Only to be read, by both']);

  const refused = await user2.api.request.post(`/api/documents/${documentId}/updates`, {
    data: { batch: crypto.randomUUID(), update: 'AAAA' },
  });
  expect(refused.status()).toBe(403);
  expect(await refused.json()).toMatchObject({ code: 'forbidden' });
});

test('a document that is not shared does not exist for others', async ({ user2, documentId }) => {
  const page = await user2.context.newPage();
  await page.goto(`/documents/${documentId}`);
  await expect(page.getByRole('heading', { name: /not found|does not exist|no access/i })).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Document text' })).toHaveCount(0);
  for (const path of ['', '/updates', '/members']) {
    expect((await user2.api.request.get(`/api/documents/${documentId}${path}`)).status()).toBe(404);
  }
});

test('without a session nothing of a document is to be had', async ({ server, documentId }) => {
  const api = await anonymousApi(server.url);
  for (const path of ['', '/updates', '/members']) {
    expect((await api.request.get(`/api/documents/${documentId}${path}`)).status()).toBe(401);
  }
  await api.request.dispose();
});

test('a subscriber without a token gets nothing of a private document', async ({
  server,
  user,
  visitor,
  documentId,
}) => {
  const asked = await user.api.request.post('/api/subscription', { data: { documents: [documentId] } });
  const { topics } = await asked.json();
  const page = await visitor.newPage();
  await page.goto('/healthcheck');
  await page.evaluate(async wanted => {
    const url = new URL('/.well-known/mercure', window.location.href);
    for (const topic of wanted) url.searchParams.append('topic', topic);
    const received: string[] = [];
    Object.assign(window, { received });
    const source = new EventSource(url);
    source.onmessage = event => received.push(event.data);
    await new Promise(resolve => {
      source.onopen = resolve;
    });
  }, topics);

  const editor = await user.open(documentId);
  await editor.write('a secret');
  await editor.expectSaved();
  // Something public passes on the same topic afterwards: so the secret was held back, not late.
  await publish(server.url, topics[0], 'public');
  const received = () => page.evaluate(() => (window as unknown as { received: string[] }).received);
  await expect.poll(received).toEqual(['"public"']);
});

test('withdrawing access ends the live view, and what was not yet there is never seen', async ({
  pair,
  user,
  documentId,
}) => {
  const { first: owner, second: guest } = pair;
  await owner.write('For both of us.');
  await expect(guest.text).toContainText('For both of us.');

  await user.api.withdraw(documentId, 'user2');
  await expect(guest.page.getByRole('alert')).toContainText(/access/i);
  await expect(guest.text).not.toHaveAttribute('contenteditable', 'true');
  await owner.write(' For me alone.');
  await owner.expectSaved();
  await expect(guest.page.getByText('For me alone.')).toHaveCount(0);
  await expect(owner.people.getByRole('listitem')).toHaveCount(1);
});

test('those who keep their access go on writing when somebody else loses it', async ({
  user,
  documentId,
}) => {
  await user.api.share(documentId, 'user2', 'editor');
  const [first, second] = [await user.open(documentId), await user.open(documentId)];
  await first.write('one');
  await expect(second.text).toContainText('one');
  await user.api.withdraw(documentId, 'user2');
  await first.write(' two');
  await expect(second.text).toContainText('one two');
  await second.write(' three');
  await expect(first.text).toContainText('one two three');
});

test('a change of role is felt at once, without reloading', async ({ user, user2, documentId }) => {
  await user.api.share(documentId, 'user2', 'viewer');
  const guest = await user2.open(documentId);
  await expect(guest.text).toHaveAttribute('contenteditable', 'false');
  await user.api.changeRole(documentId, 'user2', 'editor');
  await expect(guest.text).toHaveAttribute('contenteditable', 'true');
  await guest.write('Now I may');
  await guest.expectSaved();
  await user.api.changeRole(documentId, 'user2', 'viewer');
  await expect(guest.text).toHaveAttribute('contenteditable', 'false');
});

test('who is let in and put out again is not told two things at once', async ({
  user,
  user2,
  documentId,
}) => {
  await user.api.share(documentId, 'user2', 'viewer');
  const { page } = await user2.open(documentId);
  await user.api.changeRole(documentId, 'user2', 'editor');
  const news = page.getByText('You can edit this document now.');
  await expect(news).toBeVisible();
  await user.api.withdraw(documentId, 'user2');
  await expect(page.getByRole('alert')).toContainText('You no longer have access');
  // By itself it would go after five seconds.
  await expect(news).toHaveCount(0, { timeout: 1_500 });
});

test('the owner shares a document and takes it back in the dialog', async ({ user, user2, documentId }) => {
  const { page } = await user.open(documentId);
  await page.getByRole('button', { name: 'Share' }).click();
  const dialog = page.getByRole('dialog', { name: /share/i });
  await dialog.getByRole('textbox', { name: /e-mail/i }).fill('nobody@example.com');
  await dialog.getByRole('button', { name: /^(invite|add|share)$/i }).click();
  await expect(dialog.getByText(/nobody here has that e-mail address/i)).toBeVisible();

  await dialog.getByRole('textbox', { name: /e-mail/i }).fill('user2@exelearning.net');
  await dialog.getByRole('button', { name: /^(invite|add|share)$/i }).click();
  await expect(dialog.getByRole('listitem').filter({ hasText: 'user2@exelearning.net' })).toBeVisible();
  expect((await user2.api.request.get(`/api/documents/${documentId}`)).status()).toBe(200);
});

test('who opens a link to a document that is not shared with them asks for access, and is let in', async ({
  user,
  user2,
  documentId,
}) => {
  const owner = await user.open(documentId);
  await owner.write('Come in.');
  const page = await user2.context.newPage();
  await page.goto(`/documents/${documentId}`);
  await expect(page.getByText('Document not found')).toBeVisible();
  await page.getByRole('button', { name: 'Ask for access' }).click();
  await expect(page.getByText('The owner has been asked.')).toBeVisible();

  await owner.page.getByRole('button', { name: 'Share: 1 person asks for access' }).click();
  const requests = owner.page.getByRole('list', { name: 'Requests for access' });
  await expect(requests.getByRole('listitem')).toContainText('user2@exelearning.net');
  await requests.getByRole('button', { name: `Role for ${user2.name}` }).click();
  await owner.page.getByRole('menuitemradio', { name: 'Can view' }).click();
  await requests.getByRole('button', { name: `Allow ${user2.name}` }).click();
  await expect(requests).toHaveCount(0);
  await expect(owner.page.getByRole('list', { name: 'Members' })).toContainText('user2@exelearning.net');
  await expect(page.getByRole('textbox', { name: 'Document text' })).toHaveText('Come in.');

  // From there the same way on.
  await page.getByRole('button', { name: 'Members' }).click();
  await page.getByRole('button', { name: 'Ask to edit' }).click();
  await page.keyboard.press('Escape');
  await requests.getByRole('button', { name: `Allow ${user2.name}` }).click();
  await expect(page.getByRole('textbox', { name: 'Document text' })).toHaveAttribute(
    'contenteditable',
    'true',
  );
});

test('a link to nothing looks the same as one to a document of somebody else', async ({
  user2,
  documentId,
}) => {
  const [real, none] = [await user2.context.newPage(), await user2.context.newPage()];
  await real.goto(`/documents/${documentId}`);
  await none.goto(`/documents/${crypto.randomUUID()}`);
  for (const page of [real, none]) {
    await page.getByRole('button', { name: 'Ask for access' }).click();
    await expect(page.getByText('The owner has been asked.')).toBeVisible();
  }
  const snapshots = await Promise.all([real, none].map(page => page.locator('main').ariaSnapshot()));
  expect(snapshots[0]).toBe(snapshots[1]);
});

test('a request can be declined, and the owner is left in peace', async ({ user, user2, documentId }) => {
  await user2.api.request.post(`/api/documents/${documentId}/access-requests`);
  const page = await user.context.newPage();
  await page.goto('/');
  const row = page.getByRole('listitem').filter({ has: page.locator(`a[href="/documents/${documentId}"]`) });
  await expect(row).toContainText('1 person asks for access');
  await row.getByRole('link').click();
  await page.getByRole('button', { name: 'Share: 1 person asks for access' }).click();
  await page.getByRole('button', { name: `Decline the request of ${user2.name}` }).click();
  await expect(page.getByRole('list', { name: 'Requests for access' })).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Share', exact: true })).toBeVisible();
  expect((await user2.api.request.get(`/api/documents/${documentId}`)).status()).toBe(404);
});

test('what was not sent when access was withdrawn stays on the screen, can be copied, and is sent when access is back', async ({
  user,
  user2,
  documentId,
}) => {
  await user.api.share(documentId, 'user2', 'editor');
  const [owner, guest] = [await user.open(documentId), await user2.open(documentId)];
  await guest.write('Sent.');
  await guest.expectSaved();
  await expect(owner.text).toContainText('Sent.');
  // What is typed from now on is on its way for so long that it comes too late.
  const open = await guest.holdEdits();
  await guest.write(' Not sent.');
  await user.api.withdraw(documentId, 'user2');
  open();

  const panel = guest.page.getByRole('alert').filter({ hasText: 'no longer have access' });
  await expect(panel).toContainText('could not be saved');
  await expect(guest.text).toHaveAttribute('contenteditable', 'false');
  await expect(guest.text).toContainText('Sent. Not sent.');
  await user2.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await panel.getByRole('button', { name: 'Copy the text' }).click();
  await expect(guest.page.getByText('The text is on the clipboard.')).toBeVisible();
  expect(await guest.page.evaluate(() => navigator.clipboard.readText())).toBe('Sent. Not sent.');

  await owner.write(' By the owner.');
  await owner.expectSaved();
  await expect(owner.text).not.toContainText('Not sent.');
  await panel.getByRole('button', { name: 'Ask for access' }).click();
  await owner.page.getByRole('button', { name: 'Share: 1 person asks for access' }).click();
  await owner.page.getByRole('button', { name: `Allow ${user2.name}` }).click();
  await expect(panel).toHaveCount(0);
  await owner.page.keyboard.press('Escape');
  await guest.expectSaved();
  await expect(owner.text).toContainText('Not sent.');
  await expect(owner.text).toContainText('By the owner.');
  await expect.poll(() => guest.lines()).toEqual(await owner.lines());
  await expect(guest.text).toHaveAttribute('contenteditable', 'true');
});

test('an editor who becomes a reader in mid-sentence keeps what was not sent, and sends it as an editor again', async ({
  user,
  user2,
  documentId,
}) => {
  await user.api.share(documentId, 'user2', 'editor');
  const [owner, guest] = [await user.open(documentId), await user2.open(documentId)];
  await guest.write('Sent.');
  await guest.expectSaved();
  const open = await guest.holdEdits();
  await guest.write(' Not sent.');
  await user.api.changeRole(documentId, 'user2', 'viewer');
  open();

  const panel = guest.page.getByRole('alert').filter({ hasText: 'can no longer edit' });
  await expect(panel.getByRole('button', { name: 'Copy the text' })).toBeVisible();
  await expect(panel.getByRole('button', { name: 'Ask to edit' })).toBeVisible();
  await expect(guest.text).toHaveAttribute('contenteditable', 'false');
  await expect(guest.text).toContainText('Sent. Not sent.');
  await owner.write(' By the owner.');
  await owner.expectSaved();

  await user.api.changeRole(documentId, 'user2', 'editor');
  await expect(panel).toHaveCount(0);
  await guest.expectSaved();
  await expect(owner.text).toContainText('Not sent.');
  await expect.poll(() => guest.lines()).toEqual(await owner.lines());
});

test('what an editor could not send before they became a reader is there again after a reload, until they let go of it', async ({
  user,
  user2,
  documentId,
}) => {
  await user.api.share(documentId, 'user2', 'editor');
  const guest = await user2.open(documentId);
  await guest.write('Sent.');
  await guest.expectSaved();
  const open = await guest.holdEdits();
  await guest.write(' Not sent.');
  await user.api.changeRole(documentId, 'user2', 'viewer');
  open();
  const panel = guest.page.getByRole('alert').filter({ hasText: 'can no longer edit' });
  await expect(panel).toContainText('could not be saved');

  guest.page.on('dialog', dialog => dialog.accept()); // Leave the page?
  await guest.page.reload();
  await expect(panel).toContainText('could not be saved');
  await expect(guest.text).toContainText('Sent. Not sent.');
  await expect(guest.text).toHaveAttribute('contenteditable', 'false');

  await panel.getByRole('button', { name: 'Reload without them' }).click();
  await expect(panel).toHaveCount(0);
  await expect.poll(() => guest.lines()).toEqual(['Sent.']);
  await guest.page.reload();
  await expect(guest.text).toHaveText('Sent.');
  const owner = await user.open(documentId);
  await owner.write(' By the owner.');
  await expect.poll(() => guest.lines()).toEqual(['Sent. By the owner.']);
});
