import { expect, it } from 'vitest';
import { checkTopic, HUB_PATH } from './topic.ts';

it('P6 a topic that one hub accepts may be reserved by another, whichever has seen it before', () => {
  const topic = '/prefix/.well-known/mercure/subscriptions';
  const check = (hubPath: string) => () => checkTopic(topic, hubPath);
  const refusal = expect.objectContaining({ code: 'topic_invalid' });
  for (let round = 0; round < 2; round++) {
    expect(check(HUB_PATH)).not.toThrow();
    expect(check(HUB_PATH)).not.toThrow();
    expect(check(`/prefix${HUB_PATH}`)).toThrow(refusal);
    expect(check(`/prefix${HUB_PATH}`)).toThrow(refusal);
  }
});
