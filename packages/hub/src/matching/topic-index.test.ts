import { createRandom } from '@cahier/testing';
import { describe, expect, it } from 'vitest';
import { createMatcher, createSelector, matches, type TopicMatcher } from './matcher.ts';
import { TopicIndex } from './topic-index.ts';

const base = new URL('https://hub.example/.well-known/mercure');

/** A matcher that counts how often it is tried. */
function counted(matcher: TopicMatcher, count: () => void): TopicMatcher {
  const counting = <Pattern extends { matches(topic: string): boolean }>(pattern: Pattern): Pattern => ({
    ...pattern,
    matches(topic) {
      count();
      return pattern.matches(topic);
    },
  });
  if (matcher.kind === 'template') return { ...matcher, template: counting(matcher.template) };
  if (matcher.kind === 'urlpattern') return { ...matcher, urlPattern: counting(matcher.urlPattern) };
  return matcher;
}

describe('topics', () => {
  const selector = (number: number) => createSelector(`https://example.com/${number}/books/{id}`);
  const urlPattern = (number: number) =>
    createMatcher('urlpattern', `https://example.com/${number}/books/:id`, base);
  const ofHost = (number: number) => createMatcher('urlpattern', `https://${number}.example/*`, base);

  it.each([
    ['URI templates', selector, 'https://example.com/4711/books/1'],
    ['URL patterns', urlPattern, 'https://example.com/4711/books/1'],
    ['URL patterns of other hosts', ofHost, 'https://4711.example/books/1'],
  ])('L14 are tried on one of ten thousand %s that begin differently', (_title, matcherOf, topic) => {
    const index = new TopicIndex<number>();
    let tries = 0;
    for (let number = 0; number < 10_000; number++) {
      index.add(
        counted(matcherOf(number), () => tries++),
        number,
      );
    }
    expect([...index.select([topic])]).toEqual([4711]);
    expect(tries).toBe(1);
    expect([...index.select(['https://example.com/nobody'])]).toEqual([]);
    expect(tries).toBe(1);
  });

  it('L14 are tried once on a pattern however many listen with it', () => {
    const index = new TopicIndex<number>();
    let tries = 0;
    for (let number = 0; number < 1_000; number++)
      index.add(
        counted(selector(1), () => tries++),
        number,
      );
    expect([
      ...index.select(['https://example.com/1/books/1', 'https://example.com/1/books/2']),
    ]).toHaveLength(1_000);
    expect(tries).toBe(1);
  });

  it('L14 find whom their matchers select and nobody else, whoever comes and goes', () => {
    const random = createRandom();
    const words = ['a', 'b', 'ab', 'é', '%C3%A9'];
    const path = () => Array.from({ length: random.integer(1, 3) }, () => random.pick(words)).join('/');
    const origin = () =>
      random.pick(['https://x.example/', 'https://y.example:8080/', '/', '', 'urn:', 'https://u@x.example/']);
    const topicOf = () => origin() + path() + random.pick(['', '', '?q=a', '#a', '/{v}']);
    const matcherOf = (): TopicMatcher => {
      const text = origin() + path();
      switch (random.integer(0, 5)) {
        case 0:
          return createSelector(random.pick(['*', topicOf()]));
        case 1:
          return createSelector(text + random.pick(['{v}', '/{v}', '{/v*}', '{?q}']));
        case 2:
          return createSelector(`{+v}${path()}`);
        case 3:
          return createMatcher('exact', topicOf(), base);
        case 4:
          return createMatcher(
            'urlpattern',
            random.pick(['*', ':scheme://x.example/*', 'https://*.example/a']),
            base,
          );
        default:
          return createMatcher(
            'urlpattern',
            text + random.pick(['*', '/:v', '{/b}?', '{/b}+', '{/:v}*', '?q=*', '#*', '']),
            base,
          );
      }
    };
    const index = new TopicIndex<number>();
    const present: { matcher: TopicMatcher; value: number }[] = [];
    let selected = 0;
    for (let round = 0; round < 4_000; round++) {
      if (random.chance(0.55) || present.length === 0) {
        const entry = { matcher: matcherOf(), value: round };
        index.add(entry.matcher, entry.value);
        present.push(entry);
      } else {
        const [gone] = present.splice(random.integer(0, present.length - 1), 1);
        if (gone !== undefined) index.delete(gone.matcher, gone.value);
      }
      const topics = Array.from({ length: random.integer(1, 2) }, topicOf);
      const expected = present.filter(({ matcher }) => topics.some(topic => matches(matcher, topic)));
      const found = [...index.select(topics)];
      expect(found.sort()).toEqual(expected.map(({ value }) => value).sort());
      selected += found.length;
    }
    for (const { matcher, value } of present) index.delete(matcher, value);
    expect([...index.select([topicOf(), '/a'])]).toEqual([]);
    expect(selected).toBeGreaterThan(10_000);
  });
});
