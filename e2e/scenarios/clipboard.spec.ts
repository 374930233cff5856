import type { EditorPage } from '../fixtures/editor-page.ts';
import { expect, test } from '../fixtures/test.ts';

/** Pastes as from another program, which has put this on the clipboard. */
const paste = ({ text }: EditorPage, content: Readonly<Record<string, string>>) =>
  text.evaluate((element, content) => {
    const clipboardData = new DataTransfer();
    for (const [type, data] of Object.entries(content)) clipboardData.setData(type, data);
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, content);

const wordItem = (level: number, sign: string, words: string) =>
  `<p class=MsoListParagraphCxSpMiddle style='text-indent:-18.0pt;mso-list:l0 level${level} lfo1'><![if !supportLists]><span lang=DE style='font-family:Symbol'><span style='mso-list:Ignore'>${sign}<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp; </span></span></span><![endif]><span lang=DE>${words}<o:p></o:p></span></p>`;

const FROM_WORD = `<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta name=Generator content="Microsoft Word 15">
<style><!-- p.MsoNormal {margin:0cm} --></style></head><body lang=DE><!--StartFragment-->
<p class=MsoTitle><span lang=DE>Protokoll<o:p></o:p></span></p>
<p class=MsoNormal><b>Anwesend</b>:
alle<o:p></o:p></p>
${wordItem(1, '·', 'erstens')}
${wordItem(2, 'o', 'darunter')}
${wordItem(1, '·', 'zweitens')}
<table class=MsoTableGrid border=1><tr><td width=200><p class=MsoNormal><b>Betrag</b></p></td><td width=200><p class=MsoNormal align=right style='text-align:right'>1.200 €</p></td></tr></table>
<!--EndFragment--></body></html>`;

test('a text from Word keeps its title, its lists and its columns of numbers', async ({ pair }) => {
  const { first, second } = pair;
  await first.text.focus();
  await paste(first, { 'text/html': FROM_WORD, 'text/plain': 'Protokoll' });
  const expected = [
    'h1: Protokoll',
    'p: Anwesend: alle',
    'ul li p: erstens',
    'ul li ul li p: darunter',
    'ul li p: zweitens',
    'tr td p: Betrag',
    'tr td p: 1.200 €',
  ];
  await expect.poll(() => first.outline()).toEqual(expected);
  await expect.poll(() => second.outline()).toEqual(expected);
  await expect(second.text.getByText('1.200 €')).toHaveCSS('text-align', 'right');
  await first.page.keyboard.press('ControlOrMeta+z');
  await expect.poll(() => second.outline()).toEqual(['p: ']);
});

test('a plain text with a list and a table becomes them, unless it is pasted as it is', async ({
  user,
  documentId,
}) => {
  const editor = await user.open(documentId);
  const { text, page } = editor;
  const plain = 'Bring:\n- **milk**\n  - cold\n- eggs\n\nname\tage\nAda\t36';
  await text.focus();
  await paste(editor, { 'text/plain': plain });
  const structured = [
    'p: Bring:',
    'ul li p: milk',
    'ul li ul li p: cold',
    'ul li p: eggs',
    'tr td p: name',
    'tr td p: age',
    'tr td p: Ada',
    'tr td p: 36',
  ];
  await expect.poll(() => editor.outline()).toEqual(structured);
  await expect(text.locator('strong')).toHaveText('milk');

  await page.keyboard.press('ControlOrMeta+z');
  await expect.poll(() => editor.outline()).toEqual(['p: ']);
  // What the editor makes of the next paste is decided by the key that it sees before it.
  await page.keyboard.down('Shift');
  await page.keyboard.down('ControlOrMeta');
  await paste(editor, { 'text/plain': 'Bring:\n- milk\n- eggs' });
  await page.keyboard.up('ControlOrMeta');
  await page.keyboard.up('Shift');
  await expect.poll(() => editor.outline()).toEqual(['p: Bring:', 'p: - milk', 'p: - eggs']);
});

test('what is copied can be pasted elsewhere: as it is here, and as a text that can be read', async ({
  user,
  documentId,
}) => {
  const editor = await user.open(documentId);
  const { text, page } = editor;
  await user.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await editor.write('# Plan\nfirst\n- one\nin\n\n[x] done\n');
  await page.keyboard.press('Backspace');
  await text.getByText('in', { exact: true }).click();
  await page.keyboard.press('Tab');
  const outline = await editor.outline();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('ControlOrMeta+c');
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied.replaceAll('\r', '').trimEnd()).toBe('Plan\n\nfirst\n\n- one\n  - in\n\n- [x] done');

  const other = await user.open(await user.api.createDocument('Elsewhere'));
  await other.text.focus();
  await other.page.keyboard.press('ControlOrMeta+v');
  await expect.poll(() => other.outline()).toEqual(outline);
});

test('a file is not taken for a document: dragged over the page or pasted, it is refused', async ({
  user,
  documentId,
}) => {
  const { text, page } = await user.open(documentId);
  await text.focus();
  const dragged = await text.evaluate(element => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(['x'], 'x.png', { type: 'image/png' }));
    return [element, document.body].flatMap(target =>
      ['dragover', 'drop'].map(type => {
        const event = new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true });
        target.dispatchEvent(event);
        return event.defaultPrevented;
      }),
    );
  });
  expect(dragged).toEqual([true, true, true, true]);

  await text.evaluate(element => {
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File(['x'], 'x.png', { type: 'image/png' }));
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  });
  await expect(page.getByText('cannot be put into a document')).toBeVisible();
  await expect(text).toHaveText('');
});
