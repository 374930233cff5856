// Preloaded into a process whose clock is to be wrong, by as many milliseconds as CLOCK_SKEW_MS says.
const skewMs = Number(process.env.CLOCK_SKEW_MS ?? 0);
const RightDate = Date;

globalThis.Date = class extends RightDate {
  constructor(...parts: [] | [value: number | string | Date]) {
    if (parts.length === 0) super(RightDate.now() + skewMs);
    else super(...(parts as [number]));
  }

  static override now(): number {
    return RightDate.now() + skewMs;
  }
} as DateConstructor;
