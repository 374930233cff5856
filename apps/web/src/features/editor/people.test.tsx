import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Awareness } from 'y-protocols/awareness';
import { Doc } from 'yjs';
import { People } from './people.tsx';

const person = (name: string) => ({ id: name, name, email: `${name}@example.org` });
const me = person('Teacher');
const pupils = Array.from({ length: 25 }, (_, index) =>
  person(`Pupil ${String(index + 1).padStart(2, '0')}`),
);

let awareness: Awareness;
beforeEach(() => {
  awareness = new Awareness(new Doc());
  pupils.forEach((pupil, index) => {
    awareness.states.set(index + 1, { user: pupil });
  });
  awareness.states.set(3, { user: pupils[2], idle: true });
  vi.spyOn(HTMLElement.prototype, 'scrollIntoView');
});
afterEach(() => {
  cleanup();
  awareness.destroy();
  document.body.replaceChildren();
  vi.restoreAllMocks();
});

const faces = () =>
  within(screen.getByRole('list', { name: 'People here' }))
    .getAllByRole('listitem')
    .map(
      item => item.getAttribute('aria-label') ?? within(item).getByRole('button').getAttribute('aria-label'),
    );

async function chooseFromMore(name: string) {
  fireEvent.click(screen.getByRole('button', { name: '23 more people' }));
  fireEvent.click(await screen.findByRole('menuitem', { name }));
}

test('of a whole class everybody can be followed, and has a face while that lasts', async () => {
  const caret = document.body.appendChild(document.createElement('span'));
  Object.assign(caret.dataset, { cursor: '', person: 'Pupil 24' });
  render(<People awareness={awareness} me={me} />);
  expect(faces()).toEqual(['Teacher (you)', 'Pupil 01', 'Pupil 02', '23 more people']);
  await chooseFromMore('Pupil 24');
  expect(faces()).toEqual(['Teacher (you)', 'Pupil 01', 'Pupil 24', '23 more people']);
  expect(screen.getByRole('button', { name: 'Follow Pupil 24' }).getAttribute('aria-pressed')).toBe('true');
  await vi.waitFor(() => expect(vi.mocked(caret.scrollIntoView)).toHaveBeenCalled());
  fireEvent.wheel(window);
  expect(faces()).toEqual(['Teacher (you)', 'Pupil 01', 'Pupil 02', '23 more people']);
});

test('who is idle among the many is named so', async () => {
  render(<People awareness={awareness} me={me} />);
  fireEvent.click(screen.getByRole('button', { name: '23 more people' }));
  expect(await screen.findByRole('menuitem', { name: 'Pupil 03, idle' })).toBeTruthy();
});
