/** What a setting's value may be: how it is read, and what the help calls it. */
export interface Kind<Value> {
  /** Stands for the value in the help. */
  readonly placeholder: string;
  /** @throws Error whose message says what the value must be: "must be …" */
  parse(text: string): Value;
}

const kind = <Value>(placeholder: string, parse: (text: string) => Value): Kind<Value> => ({
  placeholder,
  parse,
});

export const text = kind('text', value => value);

/** Its value is never shown. */
export const secret = kind('secret or PEM', value => value);

export const flag = kind('true|false', value => {
  if (['true', '1', 'on', 'yes'].includes(value)) return true;
  if (['false', '0', 'off', 'no'].includes(value)) return false;
  throw new Error('must be true or false');
});

export const port = kind('port', value => {
  const number = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number <= 65_535)) throw new Error('must be a port number');
  return number;
});

/** A positive whole number, of what the setting's name says. */
export const count = kind('number', value => {
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(number) || number < 1) throw new Error('must be a positive whole number');
  return number;
});

export const url = kind('URL', value => {
  if (!['http:', 'https:'].includes(URL.parse(value)?.protocol ?? '')) {
    throw new Error('must be an http:// or https:// address');
  }
  return value.replace(/\/+$/, '');
});

export const path = kind('path', value => {
  if (!/^\/[\w./-]+$/.test(value)) throw new Error('must be a path like /metrics');
  return value;
});

/** Separated by commas or, as the reference hub has it, by white space. */
export const list = (placeholder: string) =>
  kind(placeholder, value => value.split(/[\s,]+/).filter(entry => entry !== ''));

export const choice = <const Choice extends string>(...choices: readonly Choice[]) =>
  kind(choices.join('|'), value => {
    const chosen = choices.find(choice => choice === value);
    if (chosen === undefined) throw new Error(`must be ${choices.join(', ')}`);
    return chosen;
  });

export type TransportSetting =
  | { readonly kind: 'memory' }
  | { readonly kind: 'sqlite'; readonly file: string };

export const transport = kind('memory:|sqlite:FILE', (value): TransportSetting => {
  if (value === 'memory' || value === 'memory:') return { kind: 'memory' };
  const [, file] = value.match(/^sqlite:(?:\/\/(?=\/))?([^?]+)$/) ?? [];
  if (file !== undefined) return { kind: 'sqlite', file };
  throw new Error('must be memory: or sqlite: and a file, for example sqlite:///var/lib/mercure/history.db');
});
