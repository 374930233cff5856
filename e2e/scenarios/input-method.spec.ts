import { press } from '../fixtures/acts.ts';
import type { EditorPage } from '../fixtures/editor-page.ts';
import { expect, test } from '../fixtures/test.ts';

test.describe('an input method', () => {
  /** A composition as Chinese, Japanese and Korean keyboards make it. */
  async function compose({ page }: EditorPage) {
    const devtools = await page.context().newCDPSession(page);
    await page.evaluate(() => {
      document.addEventListener('compositionend', () => {
        document.documentElement.dataset.compositions = String(
          Number(document.documentElement.dataset.compositions ?? 0) + 1,
        );
      });
    });
    return {
      show: (text: string) =>
        devtools.send('Input.imeSetComposition', {
          text,
          selectionStart: text.length,
          selectionEnd: text.length,
        }),
      commit: (text: string) => devtools.send('Input.insertText', { text }),
      ended: () => page.evaluate(() => Number(document.documentElement.dataset.compositions ?? 0)),
    };
  }

  test('is not interrupted by what somebody else writes into another paragraph, which is seen at once', async ({
    pair,
  }) => {
    const { first, second } = pair;
    await pair.startWith('Hello world\nanother');
    await second.placeCursorIn('Hello world', 6);
    const method = await compose(second);
    await method.show('ni');

    await first.text.getByText('another').click();
    await press(first, 'End');
    await first.page.keyboard.type(' paragraph');
    const otherParagraph = async () => (await second.outline())[1];
    await expect.poll(otherParagraph).toBe('p: another paragraph');
    await method.show('nih');
    await first.placeCursorIn('another', 0);
    await first.page.keyboard.type('Just ');
    await expect.poll(otherParagraph).toBe('p: Just another paragraph');
    await method.show('nihao');
    expect(await method.ended()).toBe(0);
    await method.commit('你好 ');

    await pair.agree();
    expect(await first.outline()).toEqual(['p: Hello 你好 world', 'p: Just another paragraph']);
    expect(await method.ended()).toBe(1);
  });

  test('keeps what somebody else writes into the same paragraph meanwhile, which is seen when it ends', async ({
    pair,
  }) => {
    const { first, second } = pair;
    await pair.startWith('Hello world\nanother');
    await second.placeCursorIn('Hello world', 6);
    const method = await compose(second);
    await method.show('ni');
    await first.placeCursorIn('Hello', 0);
    await first.page.keyboard.type('Oh! ');
    await method.show('nih');
    await method.show('nihao');
    await method.commit('你好 ');

    await pair.agree();
    expect(await first.outline()).toEqual(['p: Oh! Hello 你好 world', 'p: another']);
    expect(await method.ended()).toBe(1);
  });

  test('holds back only its own paragraph, whatever somebody else writes around it', async ({ pair }) => {
    const { first, second } = pair;
    await pair.startWith('First\nHello world\nlast');
    await second.placeCursorIn('Hello world', 6);
    const method = await compose(second);
    await method.show('ni');
    await first.placeCursorIn('Hello', 0);
    await first.page.keyboard.type('Oh! ');
    await method.show('nih');
    await first.placeCursorIn('First', 0);
    await first.page.keyboard.type('My ');
    await first.placeCursorIn('last', 0);
    await first.page.keyboard.type('My');
    await press(first, 'Enter');
    const others = async () => (await second.outline()).filter((_, index) => index !== 1);
    await expect.poll(others).toEqual(['p: My First', 'p: My', 'p: last']);
    await method.show('nihao');
    expect(await method.ended()).toBe(0);
    await method.commit('你好 ');

    await pair.agree();
    expect(await first.outline()).toEqual(['p: My First', 'p: Oh! Hello 你好 world', 'p: My', 'p: last']);
    expect(await method.ended()).toBe(1);
  });
});
