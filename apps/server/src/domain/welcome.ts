import type { DocumentContent } from '@cahier/editor-schema';

export const welcomeTitle = 'Welcome to Cahier';

type Node = DocumentContent;

const block = (type: string, ...content: Node[]): Node => ({ type, content });
const text = (content: string, mark?: string): Node => ({
  type: 'text',
  text: content,
  ...(mark ? { marks: [{ type: mark }] } : {}),
});
const paragraph = (...content: Node[]) => block('paragraph', ...content);
const heading = (level: number, content: string): Node => ({
  type: 'heading',
  attrs: { level },
  content: [text(content)],
});
const task = (checked: boolean, ...content: Node[]): Node => ({
  type: 'taskItem',
  attrs: { checked },
  content: [paragraph(...content)],
});
const item = (...content: Node[]) => block('listItem', paragraph(...content));
const cell = (type: 'tableHeader' | 'tableCell', ...content: Node[]) => block(type, paragraph(...content));

/** What the test users find: a few things to try, in a document that shows them. */
export const welcomeContent: DocumentContent = block(
  'doc',
  paragraph(
    text('Everybody who opens this document writes in it together, and sees what the others write '),
    text('as they type', 'bold'),
    text('. It is yours: change whatever you like.'),
  ),
  heading(2, 'Things to try'),
  block(
    'taskList',
    task(true, text('Open this document')),
    task(
      false,
      text('Open a second window, log in there as the other test user, and type in both. '),
      text('One person in two tabs works just as well.'),
    ),
    task(false, text('Write in the same sentence at the same time: nothing gets lost')),
    task(false, text('Undo with '), text('Ctrl+Z', 'code'), text(': it takes back your own edits only')),
    task(false, text('Switch off the network, keep writing, switch it on again')),
  ),
  heading(2, 'Formatting as you type'),
  block(
    'table',
    block('tableRow', cell('tableHeader', text('Type')), cell('tableHeader', text('and get'))),
    block('tableRow', cell('tableCell', text('# ', 'code')), cell('tableCell', text('a heading'))),
    block('tableRow', cell('tableCell', text('- ', 'code')), cell('tableCell', text('a list'))),
    block('tableRow', cell('tableCell', text('[ ] ', 'code')), cell('tableCell', text('a task list'))),
    block('tableRow', cell('tableCell', text('> ', 'code')), cell('tableCell', text('a quotation'))),
    block(
      'tableRow',
      cell('tableCell', text('/', 'code')),
      cell('tableCell', text('tables, callouts, sections that can be closed …')),
    ),
    block(
      'tableRow',
      cell('tableCell', text('**bold**', 'code')),
      cell('tableCell', text('bold', 'bold'), text(' text')),
    ),
  ),
  heading(2, 'Good to know'),
  block(
    'bulletList',
    item(text('Saved', 'bold'), text(' means saved: your words are on the disk of the server.')),
    item(text('Share', 'bold'), text(' decides who may read a document and who may write in it.')),
  ),
  paragraph(),
);
