import type { DocumentSummary } from '@cahier/protocol';
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createQueryClient } from '../../api/query-client.ts';
import { TitleField } from './title-field.tsx';

const document: DocumentSummary = {
  id: '11111111-1111-4111-8111-111111111111',
  title: 'Minutes',
  role: 'editor',
  owner: { id: '22222222-2222-4222-8222-222222222222', name: 'User', email: 'user@example.org' },
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  trashedAt: null,
  accessRequests: 0,
};

const send = vi.fn<typeof fetch>();
const onDone = vi.fn();
const queryClient = createQueryClient();

beforeEach(() => {
  send.mockImplementation(async (_, init) => {
    return Response.json({ ...document, ...JSON.parse(String(init?.body)) });
  });
  vi.stubGlobal('fetch', send);
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.resetAllMocks();
});

const element = (title: string, writes = true) => (
  <QueryClientProvider client={queryClient}>
    <TitleField document={{ ...document, title }} writes={writes} autoFocus={false} onDone={onDone} />
  </QueryClientProvider>
);
const field = () => screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Title' });
const sent = () => send.mock.calls.map(([, init]) => JSON.parse(String(init?.body)).title);

test('Enter saves the title and goes on to the text', async () => {
  render(element('Minutes'));
  field().focus();
  fireEvent.change(field(), { target: { value: '  Minutes of May ' } });
  fireEvent.keyDown(field(), { key: 'Enter' });
  await vi.waitFor(() => expect(sent()).toEqual(['Minutes of May']));
  expect(onDone).toHaveBeenCalledOnce();
});

test('a title that did not change is not sent', () => {
  render(element('Minutes'));
  field().focus();
  fireEvent.change(field(), { target: { value: 'Minutes ' } });
  fireEvent.blur(field());
  expect(sent()).toEqual([]);
  expect(field().value).toBe('Minutes');
});

test('Escape takes the change back', () => {
  render(element('Minutes'));
  fireEvent.change(field(), { target: { value: 'Mistake' } });
  fireEvent.keyDown(field(), { key: 'Escape' });
  expect(field().value).toBe('Minutes');
});

test('a title given by somebody else appears, but not under the hands of who is typing one', () => {
  const { rerender } = render(element('Minutes'));
  rerender(element('Theirs'));
  expect(field().value).toBe('Theirs');
  fireEvent.change(field(), { target: { value: 'Mine' } });
  rerender(element('Theirs again'));
  expect(field().value).toBe('Mine');
});

test('who may not write sees a heading, not a field', () => {
  render(element('Minutes', false));
  expect(screen.queryByRole('textbox')).toBeNull();
  expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Minutes');
});
