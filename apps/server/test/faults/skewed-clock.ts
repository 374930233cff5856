// Preloaded into a process whose clock is to be wrong, in all its threads, by as many milliseconds as the file says that
// CLOCK_SKEW_FILE names. It may say something else later: the clock jumps, as when somebody sets it.
import { readFileSync } from 'node:fs';

const LOOK_MS = 50;
const RightDate = Date;

const file = process.env.CLOCK_SKEW_FILE;
const readSkew = () => (file === undefined ? 0 : Number(readFileSync(file, 'utf8')));
let skewMs = readSkew();
setInterval(() => {
  skewMs = readSkew();
}, LOOK_MS).unref();

globalThis.Date = class extends RightDate {
  constructor(...parts: [] | [value: number | string | Date]) {
    if (parts.length === 0) super(RightDate.now() + skewMs);
    else super(...(parts as [number]));
  }

  static override now(): number {
    return RightDate.now() + skewMs;
  }
} as DateConstructor;
