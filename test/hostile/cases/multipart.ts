import { repeat, type Part } from '../body/parts.js';
import type { Route } from '../request.js';
import { casesOf, type HostileCase, type More } from './case.js';

const MB = 1_000_000;
const HEAD = '--b\r\n';

function row(name: string, parts: readonly Part[], more: More = {}, boundary = 'b', route: Route = '/e') {
  const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` };
  return [name, { route, parts, headers }, more] as const;
}

const disposition = (bytes: number): Part[] => [HEAD, repeat('content-disposition:', bytes), '\r\n\r\nx\r\n--b--'];
const dashes = (bytes: number): Part[] => [`--a${'-'.repeat(15_000)}`, 'x', repeat('-', bytes)];

/** Patterns and searches that begin anew at every byte. */
export const MULTIPART: readonly HostileCase[] = casesOf('multipart', [
  row('400 KB of content-disposition', disposition(400_000), { isShort: true }),
  row('20 MB of content-disposition', disposition(20 * MB)),
  row('20 MB of content-disposition on the route of recordings', disposition(20 * MB), {}, 'b', '/s'),
  row('20 MB of content-disposition that never ends', [HEAD, repeat('content-disposition:', 20 * MB)]),
  row('20 MB of lines of it', [HEAD, repeat('content-disposition: form-data;\r\n', 20 * MB), '\r\nx\r\n--b--']),
  row('20 MB of "; name"', [HEAD, 'content-disposition: form-data', repeat('; name', 20 * MB), '\r\n\r\nx\r\n--b--']),
  row('20 MB of one name', [HEAD, 'content-disposition: form-data; name="', repeat('data;', 20 * MB), '"\r\n\r\nx\r\n--b--']),
  row('a boundary of 15,000 dashes and 400 KB of them', dashes(400_000), { isShort: true }, `a${'-'.repeat(15_000)}`),
  row('a boundary of 15,000 dashes and 20 MB of them', dashes(20 * MB), {}, `a${'-'.repeat(15_000)}`, '/batch'),
  row('a boundary of 60,000 dashes and 4 MB of them', [repeat('-', 4 * MB)], {}, '-'.repeat(60_000)),
  row('a boundary of 30,000 times "ab"', [repeat(`${'ab'.repeat(500)}c`, 20 * MB)], {}, 'ab'.repeat(28_000), '/i/v0/e'),
  row('20 MB of empty parts', [repeat('--b\r\n', 20 * MB)], {}, 'b', '/capture'),
  row('20 MB of parts', [repeat('--b\r\ncontent-disposition: form-data; name="a"\r\n\r\nx\r\n', 20 * MB), '--b--'], {}, 'b', '/engage'),
]);
