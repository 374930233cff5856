import { SETTINGS, type Setting } from './settings.ts';

const LINE_LENGTH = 100;
const INDENT = '      ';

/** What `--help` prints. */
export function helpText(): string {
  const settings = entries().map(([name, { kind, description, default: fallback }]) =>
    [
      `  ${name}=${kind.placeholder}`,
      ...wrap(fallback === undefined ? description : `${description} Default: ${fallback}.`),
    ].join('\n'),
  );
  return [
    'Usage: cahier-hub [--help | --version]',
    '',
    'A Mercure hub. It is configured by environment variables; a key is all it needs:',
    '',
    "  MERCURE_JWT_SECRET_KEY='a secret of at least 32 bytes, only yours' cahier-hub",
    '',
    'Settings:',
    '',
    ...settings,
    '',
  ].join('\n');
}

/** The same as a Markdown table, for the README. */
export function settingsTable(): string {
  const rows = entries().map(
    ([name, { description, default: fallback }]) =>
      `| \`${name}\` | ${description} | ${fallback === undefined ? '' : `\`${fallback}\``} |`,
  );
  return ['| Variable | | Default |', '|---|---|---|', ...rows, ''].join('\n');
}

const entries = () => Object.entries<Setting>(SETTINGS);

function wrap(text: string): string[] {
  const lines: string[] = [];
  let line = INDENT.slice(1);
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > LINE_LENGTH) {
      lines.push(line);
      line = INDENT.slice(1);
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
