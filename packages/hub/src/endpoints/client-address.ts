import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';
import { HubError } from '../diagnostics/errors.ts';

const NAMED_NETWORKS: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

/** An IPv6 customer has at least a whole network of this many 16-bit groups. */
const IPV6_NETWORK_GROUPS = 4;

/**
 * Makes the function that tells where a request comes from: the nearest address in `X-Forwarded-For` that is no trusted
 * proxy, since whatever stands before it anyone could have written. IPv6 addresses are given as their /64 network.
 *
 * @param trustedProxies - addresses, networks (`10.0.0.0/8`), or `loopback`, `linklocal`, `uniquelocal`
 * @throws HubError `options_invalid`
 */
export function createClientAddress(trustedProxies: readonly string[]): (request: IncomingMessage) => string {
  const trusted = new BlockList();
  for (const entry of trustedProxies.flatMap(entry => NAMED_NETWORKS[entry] ?? [entry]))
    trust(trusted, entry);
  const isTrusted = (address: string) => trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');

  return request => {
    let address = plain(request.socket.remoteAddress ?? '');
    if (isIP(address) === 0) return '';
    const forwarded = [request.headers['x-forwarded-for'] ?? ''].flat().join(',').split(',');
    while (isTrusted(address)) {
      const previous = plain(forwarded.pop() ?? '');
      if (isIP(previous) === 0) break;
      address = previous;
    }
    return isIPv6(address) ? network(address) : address;
  };
}

function trust(list: BlockList, entry: string): void {
  const [address = '', prefix, ...rest] = entry.split('/');
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  const maxPrefix = family === 'ipv6' ? 128 : 32;
  const length = prefix === undefined ? maxPrefix : /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1;
  if (isIP(address) === 0 || rest.length > 0 || length < 0 || length > maxPrefix) {
    throw new HubError('options_invalid', `"${entry}" is no address, network or name of trusted proxies`);
  }
  list.addSubnet(address, length, family);
}

/** Without white space, and an IPv4 address that came over an IPv6 socket as what it is. */
function plain(address: string): string {
  const trimmed = address.trim();
  const mapped = trimmed.replace(/^::ffff:/i, '');
  return isIPv4(mapped) ? mapped : trimmed;
}

function network(address: string): string {
  const withoutZone = address.split('%', 1)[0] ?? '';
  // The URL parser knows the one canonical spelling.
  const canonical = new URL(`http://[${withoutZone}]`).hostname.slice(1, -1);
  const [head = '', tail] = canonical.split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const after = tail === '' ? [] : tail.split(':');
    while (groups.length + after.length < 8) groups.push('0');
    groups.push(...after);
  }
  return `${groups.slice(0, IPV6_NETWORK_GROUPS).join(':')}::/64`;
}
