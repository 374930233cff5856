import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createClientAddress } from './client-address.ts';

const from = (remoteAddress: string, forwarded?: string) =>
  ({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }) as unknown as IncomingMessage;

describe('the address of a client', () => {
  it.each([
    ['nobody is trusted', [], '192.0.2.1', '198.51.100.7', '192.0.2.1'],
    ['the proxy is not the trusted one', ['10.0.0.0/8'], '192.0.2.1', '198.51.100.7', '192.0.2.1'],
    ['the proxy is trusted', ['loopback'], '127.0.0.1', '198.51.100.7', '198.51.100.7'],
    ['the trusted proxy says nothing', ['loopback'], '127.0.0.1', undefined, '127.0.0.1'],
    ['the trusted proxy says nonsense', ['loopback'], '127.0.0.1', '198.51.100.7, unknown', '127.0.0.1'],
    ['the client forges a header', ['loopback'], '127.0.0.1', '203.0.113.9, 198.51.100.7', '198.51.100.7'],
    [
      'several proxies are trusted',
      ['loopback', '10.1.0.0/16'],
      '127.0.0.1',
      '203.0.113.9,198.51.100.7 , 10.1.2.3',
      '198.51.100.7',
    ],
    ['everyone is trusted', ['0.0.0.0/0'], '127.0.0.1', '203.0.113.9, 198.51.100.7', '203.0.113.9'],
    [
      'IPv4 comes over an IPv6 socket',
      ['127.0.0.1'],
      '::ffff:127.0.0.1',
      '::ffff:198.51.100.7',
      '198.51.100.7',
    ],
    ['it is of IPv6', [], '2001:DB8:0:1::2:3', undefined, '2001:db8:0:1::/64'],
    ['it is of IPv6 with a zone', [], 'fe80::1%eth0', undefined, 'fe80:0:0:0::/64'],
    ['an IPv6 proxy is trusted', ['::1', 'fc00::/7'], '::1', '2001:db8::1, fd00::5', '2001:db8:0:0::/64'],
    ['the socket is gone', ['loopback'], '', '198.51.100.7', ''],
  ])('L9 is told when %s', (_, trusted, remote, forwarded, expected) => {
    expect(createClientAddress(trusted)(from(remote, forwarded))).toBe(expected);
  });

  it.each(['everyone', '10.0.0.0/33', '::1/129', '10.0.0.0/8/8', '10.0.0.0/x', ''])(
    'B2 refuses to trust "%s"',
    entry => {
      expect(() => createClientAddress([entry])).toThrow(
        expect.objectContaining({ code: 'options_invalid' }),
      );
    },
  );
});
