import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Batch } from './batch.ts';
import { Frame } from './frame.ts';

const contents = fc.array(fc.string({ minLength: 1, unit: 'grapheme' }), { minLength: 1, maxLength: 20 });

function batchOf(frames: readonly Frame[]): Batch {
  const [first, ...others] = frames as [Frame, ...Frame[]];
  return others.reduce((batch, frame) => batch.with(frame), new Batch(first));
}

it('L12 a batch is its frames in order, as one chunk, whichever part of it has been asked for before', () => {
  fc.assert(
    fc.property(contents, fc.nat({ max: 20 }), (texts, askedAt) => {
      const frames = texts.map(text => new Frame([Buffer.from(text)]));
      batchOf(frames.slice(0, Math.max(1, Math.min(askedAt, frames.length)))).frame.content.toString();
      let batch = new Batch(frames[0] as Frame);
      for (const [index, frame] of frames.entries()) {
        if (index > 0) batch = batch.with(frame);
        if (index === askedAt) batch.frame.content.toString();
      }
      const text = texts.join('');
      expect(batch.frame.content.toString()).toBe(text);
      const size = Buffer.byteLength(text).toString(16);
      expect(batch.frame.chunk.toString()).toBe(`${size}\r\n${text}\r\n`);
      expect(batch.length).toBeGreaterThanOrEqual(batch.frame.chunk.length);
    }),
  );
});

it('L12 streams for which the same events wait share their bytes', () => {
  const frames = ['one', 'two', 'three'].map(text => new Frame([Buffer.from(text)]));
  const first = new Batch(frames[0] as Frame);
  const together = () => first.with(frames[1] as Frame).with(frames[2] as Frame);
  expect(together().frame).toBe(together().frame);
  expect(first.with(frames[2] as Frame).frame.content.toString()).toBe('onethree');
  expect(first.frame).toBe(frames[0]);
});

it('L12 no chunk is empty, which would end the stream', () => {
  expect(() => new Frame([Buffer.alloc(0)])).toThrow(RangeError);
});
