import { matches, type TopicMatcher } from './matcher.ts';
import { PrefixTree } from './prefix-tree.ts';
import { urlText } from './url-pattern/url-pattern.ts';

/** Everything that listens with the same matcher, which is tried once for all of it. */
interface Group<Value> {
  readonly matcher: TopicMatcher;
  readonly values: Set<Value>;
}

/**
 * Values by the matchers that select them. A topic is looked up among the exact ones, and tried on those patterns only
 * whose fixed beginning it shares: what others listen to costs nothing.
 */
export class TopicIndex<Value> {
  readonly #exact = new Map<string, Set<Value>>();
  readonly #patterns = new Map<string, Group<Value>>();
  /** Those that are compared with the topic as it is. */
  readonly #templates = new PrefixTree<Group<Value>>();
  /** Those that are compared with the topic as a URL, by what it is relative to. */
  readonly #urlPatterns = new Map<string, PrefixTree<Group<Value>>>();

  add(matcher: TopicMatcher, value: Value): void {
    if (matcher.kind === 'exact') {
      const values = this.#exact.get(matcher.pattern) ?? new Set();
      this.#exact.set(matcher.pattern, values.add(value));
      return;
    }
    const key = keyOf(matcher);
    let group = this.#patterns.get(key);
    if (group === undefined) {
      group = { matcher, values: new Set() };
      this.#patterns.set(key, group);
      this.#treeOf(matcher).add(prefixOf(matcher), group);
    }
    group.values.add(value);
  }

  delete(matcher: TopicMatcher, value: Value): void {
    if (matcher.kind === 'exact') {
      const values = this.#exact.get(matcher.pattern);
      values?.delete(value);
      if (values?.size === 0) this.#exact.delete(matcher.pattern);
      return;
    }
    const key = keyOf(matcher);
    const group = this.#patterns.get(key);
    group?.values.delete(value);
    if (group?.values.size !== 0) return;
    this.#patterns.delete(key);
    this.#treeOf(matcher).delete(prefixOf(matcher), group);
  }

  /** The values that are there for exactly this topic. */
  exactly(topic: string): ReadonlySet<Value> | undefined {
    return this.#exact.get(topic);
  }

  /** Every value that is there for one of the topics, once. */
  select(topics: readonly string[]): Iterable<Value> {
    const [first] = topics;
    // The usual case, which needs no copy.
    if (topics.length === 1 && first !== undefined && this.#patterns.size === 0)
      return this.#exact.get(first) ?? [];

    const found = new Set<Set<Value>>();
    for (const topic of topics) {
      const values = this.#exact.get(topic);
      if (values !== undefined) found.add(values);
      for (const group of this.#candidates(topic)) {
        if (!found.has(group.values) && matches(group.matcher, topic)) found.add(group.values);
      }
    }
    if (found.size > 1) return new Set([...found].flatMap(values => [...values]));
    const [only = []] = found;
    return only;
  }

  *#candidates(topic: string): Iterable<Group<Value>> {
    yield* this.#templates.find(topic);
    for (const [base, tree] of this.#urlPatterns) {
      const text = urlText(topic, base);
      if (text !== undefined) yield* tree.find(text);
    }
  }

  #treeOf(matcher: TopicMatcher): PrefixTree<Group<Value>> {
    if (matcher.kind !== 'urlpattern') return this.#templates;
    const { base } = matcher.urlPattern;
    const tree = this.#urlPatterns.get(base) ?? new PrefixTree();
    this.#urlPatterns.set(base, tree);
    return tree;
  }
}

/** What every topic that a pattern matches begins with; of a URL pattern, every topic as {@link urlText}. */
function prefixOf(matcher: TopicMatcher): string {
  switch (matcher.kind) {
    case 'every':
      return '';
    case 'exact':
      return matcher.pattern;
    case 'template':
      return matcher.template.prefix;
    case 'urlpattern':
      return matcher.urlPattern.prefix;
  }
}

/** One text may be a URL pattern to one and a URI template to another. */
function keyOf(matcher: TopicMatcher): string {
  const base = matcher.kind === 'urlpattern' ? matcher.urlPattern.base : '';
  return `${matcher.kind} ${base} ${matcher.pattern}`;
}
