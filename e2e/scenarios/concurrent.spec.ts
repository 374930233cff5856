import type { EditorPage } from '../fixtures/editor-page.ts';
import { Pair } from '../fixtures/pair.ts';
import { test as base, expect } from '../fixtures/test.ts';

const test = base.extend<{ pair: Pair }>({
  pair: async ({ user, user2, documentId }, use) => {
    await user.api.share(documentId, 'user2', 'editor');
    const [first, second] = await Promise.all([user.open(documentId), user2.open(documentId)]);
    await use(await Pair.of(first, second));
  },
});

interface Scenario {
  /** What somebody does to the block in which the other is typing. */
  readonly name: string;
  readonly start: string;
  readonly act: (editor: EditorPage) => Promise<void>;
  /** What both see in the end. */
  readonly end: string[];
}

const press = async ({ page }: EditorPage, ...keys: string[]) => {
  for (const key of keys) await page.keyboard.press(key);
};

const inHello = (...keys: string[]) => {
  return async (editor: EditorPage) => {
    await editor.placeCursorAtStartOf('Hello world');
    await press(editor, ...keys);
  };
};

const select = (editor: EditorPage, words: string) => editor.text.getByText(words).click({ clickCount: 3 });

async function chooseTable(editor: EditorPage, item: string) {
  await editor.text.getByText('Hello world').click();
  await editor.toolbar.getByRole('button', { name: 'Table', exact: true }).click();
  await editor.page.getByRole('menuitem', { name: item }).click();
}

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
        async () => {
          await pair.second.placeCursorIn('Hello world', 6);
          await pair.second.page.keyboard.type('brave ');
        },
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

  test('changes the table', async ({ pair }) => {
    const { first } = pair;
    const tableWith = async () => {
      await pair.startWith('');
      await first.toolbar.getByRole('button', { name: 'Table', exact: true }).click();
      await press(first, 'Tab', 'Tab', 'Tab', 'Tab');
      await first.page.keyboard.type('Hello world');
      await pair.agree();
    };
    const type = async () => {
      await pair.second.placeCursorIn('Hello world', 6);
      await pair.second.page.keyboard.type('brave ');
    };
    const sizeOf = async ({ text }: EditorPage) => [
      await text.getByRole('row').count(),
      await text.locator('th, td').count(),
    ];
    for (const [item, rows, cells] of [
      ['Insert row above', 4, 12],
      ['Insert row below', 4, 12],
      ['Insert column left', 3, 12],
      ['Insert column right', 3, 12],
    ] as const) {
      await test.step(item, async () => {
        await tableWith();
        await pair.apart(() => chooseTable(first, item), type);
        expect.soft(await first.outline(), item).toContain('tr td p: Hello brave world');
        expect.soft(await sizeOf(pair.second), item).toEqual([rows, cells]);
      });
    }
    for (const item of ['Delete row', 'Delete column', 'Delete table']) {
      await test.step(item, async () => {
        await tableWith();
        await pair.apart(() => chooseTable(first, item), type);
        expect.soft((await first.outline()).join('\n'), item).toContain('brave ');
        expect.soft(await first.text.getByText('Hello world').count(), item).toBe(0);
      });
    }
  });
});

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
        async () => {
          await pair.first.placeCursorIn('Hello world', 6);
          await pair.first.page.keyboard.type('brave ');
        },
      );
      await pair.second.text.focus();
      await press(pair.second, 'ControlOrMeta+z');
      await pair.agree();
      expect.soft(await pair.first.outline(), name).toEqual(end);
    });
  }
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
    async () => {
      await pair.second.placeCursorIn('Hello world', 6);
      await pair.second.page.keyboard.type('brave ');
    },
  );
  const text = (await pair.first.outline()).join('\n');
  expect(text).toContain('brave ');
  expect(text.replace('brave ', '')).toBe('p: Pasted\np: Pasted');
});

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
