import { inHello, press, type Scenario, select, typeBrave } from '../fixtures/acts.ts';
import type { EditorPage } from '../fixtures/editor-page.ts';
import type { Pair } from '../fixtures/pair.ts';
import { expect, test } from '../fixtures/test.ts';

// What is held up here must not go by way of the service worker, where Playwright cannot reach it.
test.use({ serviceWorkers: 'block' });

/** Drags what is selected to the start of the block with these words. */
async function dragTo(editor: EditorPage, dragged: string, target: string) {
  const { mouse } = editor.page;
  const from = await editor.text.getByText(dragged).boundingBox();
  const to = await editor.text.getByText(target).boundingBox();
  if (from === null || to === null) throw new Error('not on the page');
  await mouse.move(from.x + 20, from.y + from.height / 2);
  await mouse.down();
  await mouse.move(to.x + 20, to.y + to.height / 2, { steps: 5 });
  await mouse.move(to.x + 1, to.y + 4, { steps: 3 });
  await mouse.up();
}

/** Plays them one after the other; every one is played, whatever becomes of those before. */
async function play(pair: Pair, scenarios: readonly Scenario[]) {
  for (const { name, start, act, end } of scenarios) {
    await test.step(name, async () => {
      await pair.startWith(start);
      await pair.apart(
        () => act(pair.first),
        () => typeBrave(pair.second),
      );
      expect.soft(await pair.first.outline(), name).toEqual(end);
    });
  }
}

test.describe('what one types arrives in its place, while another', () => {
  test('splits, joins or rewrites the paragraph', async ({ pair }) => {
    await play(pair, [
      {
        name: 'splits it before the place',
        start: 'Hello world',
        act: async editor => {
          await editor.placeCursorIn('Hello world', 5);
          await press(editor, 'Enter');
        },
        end: ['p: Hello', 'p:  brave world'],
      },
      {
        name: 'splits it after the place',
        start: 'Hello world',
        act: async editor => {
          await editor.placeCursorIn('Hello world', 8);
          await press(editor, 'Enter');
        },
        end: ['p: Hello brave wo', 'p: rld'],
      },
      {
        name: 'joins it to the one before',
        start: 'Before: \nHello world',
        act: inHello('Backspace'),
        end: ['p: Before: Hello brave world'],
      },
      {
        name: 'joins the next one to it',
        start: 'Hello world\n, after',
        act: inHello('End', 'Delete'),
        end: ['p: Hello brave world, after'],
      },
      {
        name: 'deletes its words',
        start: 'Before\nHello world\nafter',
        act: async editor => {
          await select(editor, 'Hello world');
          await press(editor, 'Delete');
        },
        end: ['p: Before', 'p: brave ', 'p: after'],
      },
      {
        name: 'makes it bold',
        start: 'Hello world',
        act: async editor => {
          await select(editor, 'Hello world');
          await press(editor, 'ControlOrMeta+b');
        },
        end: ['p: Hello brave world'],
      },
    ]);
  });

  test('makes something else of the paragraph', async ({ pair }) => {
    await play(pair, [
      {
        name: 'a heading',
        start: 'Hello world',
        act: inHello('ControlOrMeta+Alt+1'),
        end: ['h1: Hello brave world'],
      },
      {
        name: 'a heading, by typing #',
        start: 'Hello world',
        act: inHello('#', 'Space'),
        end: ['h1: Hello brave world'],
      },
      {
        name: 'a block of code',
        start: 'Hello world',
        act: inHello('ControlOrMeta+Alt+c'),
        end: ['pre: Hello brave world'],
      },
      {
        name: 'text again of a heading',
        start: '## Hello world',
        act: inHello('ControlOrMeta+Alt+0'),
        end: ['p: Hello brave world'],
      },
      {
        name: 'a list',
        start: 'Hello world',
        act: inHello('ControlOrMeta+Shift+8'),
        end: ['ul li p: Hello brave world'],
      },
      {
        name: 'a numbered list of a bulleted one',
        start: '- Hello world\nlast',
        act: inHello('ControlOrMeta+Shift+7'),
        end: ['ol li p: Hello brave world', 'ol li p: last'],
      },
      {
        name: 'a quotation',
        start: 'Hello world',
        act: inHello('ControlOrMeta+Shift+b'),
        end: ['blockquote p: Hello brave world'],
      },
      {
        name: 'text again of a quotation',
        start: '> Hello world',
        act: inHello('ControlOrMeta+Shift+b'),
        end: ['p: Hello brave world'],
      },
    ]);
  });

  test('moves it about', async ({ pair }) => {
    await play(pair, [
      {
        name: 'indents the item of a list',
        start: '- first\nHello world',
        act: inHello('Tab'),
        end: ['ul li p: first', 'ul li ul li p: Hello brave world'],
      },
      {
        name: 'takes the item out of the list',
        start: '- first\nHello world',
        act: inHello('Backspace'),
        end: ['ul li p: first', 'p: Hello brave world'],
      },
      {
        name: 'drags it to another place',
        start: 'Before\nHello world\nafter',
        act: async editor => {
          await editor.text.getByText('Hello world').click({ modifiers: ['ControlOrMeta'] });
          await dragTo(editor, 'Hello world', 'Before');
          await expect.poll(() => editor.outline()).toEqual(['p: Hello world', 'p: Before', 'p: after']);
        },
        end: ['p: Hello world', 'p: Beforebrave ', 'p: after'],
      },
    ]);
  });
});

test('what one pastes over is replaced, what the other types there meanwhile stays', async ({ pair }) => {
  await pair.startWith('Pasted\nHello world');
  await pair.apart(
    async () => {
      await select(pair.first, 'Pasted');
      await press(pair.first, 'ControlOrMeta+c');
      await select(pair.first, 'Hello world');
      await press(pair.first, 'ControlOrMeta+v');
    },
    () => typeBrave(pair.second),
  );
  const text = (await pair.first.outline()).join('\n');
  expect(text).toContain('brave ');
  expect(text.replace('brave ', '')).toBe('p: Pasted\np: Pasted');
});
