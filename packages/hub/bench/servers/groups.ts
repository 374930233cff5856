/** Who listens to which topic, for the servers that bring no such thing themselves. */
export class Groups<Member> {
  readonly #members = new Map<string, Set<Member>>();

  join(topic: string, member: Member): void {
    const members = this.#members.get(topic) ?? new Set();
    this.#members.set(topic, members.add(member));
  }

  leave(topic: string, member: Member): void {
    this.#members.get(topic)?.delete(member);
  }

  of(topic: string): Iterable<Member> {
    return this.#members.get(topic) ?? [];
  }
}

/** The topic in a subscription's request target, `/?topic=…`. */
export function topicOf(target: string): string {
  return new URLSearchParams(target.slice(target.indexOf('?'))).get('topic') ?? '';
}
