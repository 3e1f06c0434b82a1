import { BACKSLASH, QUOTE, SPREAD, SPREAD_LENGTHS } from './memory';

/** `length` bytes at `source` as they stand inside a JSON string; returns how many are then at `target`: at most six times as many. */
export function escape(source: usize, length: usize, target: usize): usize {
  const quotes = i8x16.splat(QUOTE);
  const backslashes = i8x16.splat(BACKSLASH);
  const lastControl = i8x16.splat(0x1f);
  const end = source + length;
  let to = target;
  let from = source;
  while (from + 8 <= end) {
    const bytes = v128.load64_zero(from);
    // Control characters: line ends between the members of a pretty printed event, nearly never.
    if ((i8x16.bitmask(i8x16.eq(i8x16.min_u(bytes, lastControl), bytes)) & 0xff) != 0) {
      to = escapeEach(from, from + 8, to);
    } else {
      const mask = i8x16.bitmask(v128.or(i8x16.eq(bytes, quotes), i8x16.eq(bytes, backslashes))) as usize;
      // The last lane is a backslash, for the pattern to take as often as it needs one. No branch on what the bytes are.
      const withBackslash = i8x16.replace_lane(bytes, 15, BACKSLASH);
      v128.store(to, i8x16.swizzle(withBackslash, v128.load(SPREAD + mask * 16)));
      to += load<u8>(SPREAD_LENGTHS + mask);
    }
    from += 8;
  }
  return escapeEach(from, end, to) - target;
}

function escapeEach(source: usize, end: usize, target: usize): usize {
  let to = target;
  for (let from = source; from < end; from++) {
    const byte = load<u8>(from);
    if (byte >= 0x20 && byte != QUOTE && byte != BACKSLASH) {
      store<u8>(to++, byte);
      continue;
    }
    store<u8>(to, BACKSLASH);
    const letter = letterOf(byte);
    store<u8>(to + 1, letter);
    if (letter == 0x75) {
      store<u16>(to + 2, 0x3030);
      store<u8>(to + 4, 0x30 + (byte >> 4));
      const digit = byte & 15;
      store<u8>(to + 5, digit < 10 ? 0x30 + digit : 0x57 + digit);
      to += 6;
    } else {
      to += 2;
    }
  }
  return to;
}

/** What follows the backslash; `u` where JSON has no letter for it. */
function letterOf(byte: u8): u8 {
  switch (byte) {
    case 0x08:
      return 0x62;
    case 0x09:
      return 0x74;
    case 0x0a:
      return 0x6e;
    case 0x0c:
      return 0x66;
    case 0x0d:
      return 0x72;
    case QUOTE:
    case BACKSLASH:
      return byte;
    default:
      return 0x75;
  }
}

/** How many bytes more than `end - start` valid JSON takes inside a JSON string: its quotes, backslashes and line ends double. */
export function growthOf(start: usize, end: usize): usize {
  const quotes = i8x16.splat(QUOTE);
  const backslashes = i8x16.splat(BACKSLASH);
  const lastControl = i8x16.splat(0x1f);
  let growth: usize = 0;
  for (let at = start; at < end; at += 16) {
    const bytes = v128.load(at);
    const special = v128.or(
      v128.or(i8x16.eq(bytes, quotes), i8x16.eq(bytes, backslashes)),
      i8x16.eq(i8x16.min_u(bytes, lastControl), bytes),
    );
    const left = end - at;
    const within: u32 = left >= 16 ? 0xffff : (1 << (left as u32)) - 1;
    growth += popcnt<u32>((i8x16.bitmask(special) as u32) & within) as usize;
  }
  return growth;
}
