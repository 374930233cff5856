import { inHello, press, type Scenario, typeBrave } from '../fixtures/acts.ts';
import type { EditorPage } from '../fixtures/editor-page.ts';
import { expect, test } from '../fixtures/test.ts';

// What is held up here must not go by way of the service worker, where Playwright cannot reach it.
test.use({ serviceWorkers: 'block' });

test('two do the same at the same time, and it is done once', async ({ pair }) => {
  for (const { name, start, act, end } of [
    {
      name: 'join the same two paragraphs',
      start: 'Before: \nHello world',
      act: inHello('Backspace'),
      end: ['p: Before: Hello world'],
    },
    {
      name: 'make it a heading',
      start: 'Before\nHello world',
      act: inHello('ControlOrMeta+Alt+2'),
      end: ['p: Before', 'h2: Hello world'],
    },
    {
      name: 'make it a list',
      start: 'Before\nHello world',
      act: inHello('ControlOrMeta+Shift+8'),
      end: ['p: Before', 'ul li p: Hello world'],
    },
    {
      name: 'indent it',
      start: '- first\nHello world',
      act: inHello('Tab'),
      end: ['ul li p: first', 'ul li ul li p: Hello world'],
    },
  ] satisfies Scenario[]) {
    await test.step(name, async () => {
      await pair.startWith(start);
      await pair.apart(
        () => act(pair.first),
        () => act(pair.second),
      );
      expect.soft(await pair.first.outline(), name).toEqual(end);
    });
  }
});

test('undo takes back what one did to the paragraph, and leaves what the other typed into it', async ({
  pair,
}) => {
  for (const [name, start, act, end] of [
    ['heading', 'Hello world', inHello('ControlOrMeta+Alt+1'), ['p: Hello brave world']],
    ['quotation', 'Hello world', inHello('ControlOrMeta+Shift+b'), ['p: Hello brave world']],
    ['join', 'Before: \nHello world', inHello('Backspace'), ['p: Before: ', 'p: Hello brave world']],
    [
      'split',
      'Hello world',
      async (editor: EditorPage) => {
        await editor.placeCursorIn('Hello world', 5);
        await press(editor, 'Enter');
      },
      ['p: Hello brave world'],
    ],
  ] as const) {
    await test.step(name, async () => {
      // Written by the first, so that the second has nothing to take back but this one thing.
      await pair.startWith(start);
      await pair.apart(
        () => act(pair.second),
        () => typeBrave(pair.first),
      );
      await pair.second.text.focus();
      await press(pair.second, 'ControlOrMeta+z');
      await pair.agree();
      expect.soft(await pair.first.outline(), name).toEqual(end);
    });
  }
});
