import type { Logger } from '../diagnostics/logger.ts';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** Names under which secrets travel; what is logged under them, at any depth, is left out. */
const SECRET_NAME = /token|secret|authorization|cookie|password|^key$/i;
const MAX_DEPTH = 5;

/**
 * A logger that writes one JSON object a line: `time` (ISO 8601), `level`, `message` and the details.
 *
 * @param level - the least important one that is written, or `silent`
 */
export function jsonLogger(level: (typeof LEVELS)[number] | 'silent', write: (line: string) => void): Logger {
  const least = level === 'silent' ? LEVELS.length : LEVELS.indexOf(level);
  const log =
    (level: (typeof LEVELS)[number]): Logger['info'] =>
    (message, details = {}) => {
      if (LEVELS.indexOf(level) < least) return;
      const clean = sanitize(details, 0) as object;
      write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...clean })}\n`);
    };
  return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
}

function sanitize(value: unknown, depth: number): unknown {
  if (value instanceof Error) {
    const { name, message, stack, code } = value as Error & { code?: unknown };
    return { name, message, code, stack };
  }
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '…';
  if (Array.isArray(value)) return value.map(entry => sanitize(entry, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [
      name,
      SECRET_NAME.test(name) ? '[left out]' : sanitize(entry, depth + 1),
    ]),
  );
}
